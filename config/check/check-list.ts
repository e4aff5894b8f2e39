import type { SchemaNode } from '../schema/node.ts'
import { below, type At, type Walk } from './walk.ts'

/** Checks a list item by item, and returns a copy. Its length and the like are checked by checkLeaf. */
export function checkList(walk: Walk, node: SchemaNode, value: readonly unknown[], at: At): unknown {
  const tuple = Array.isArray(node.items) ? node.items : node.prefixItems
  const positional: readonly unknown[] = Array.isArray(tuple) ? tuple : []
  const rest = Array.isArray(node.items) ? node.additionalItems : node.items
  return Array.from(value, (item, index) => {
    const schema = index < positional.length ? positional[index] : rest
    // Too many items: reported once, for the list.
    const isExtra = schema === undefined || typeof schema === 'boolean'
    return isExtra ? item : walk.visit(walk, schema, item, below(at, index))
  })
}
