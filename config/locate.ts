import { isAlias, isMap, isNode, isScalar, isSeq, type Document } from 'yaml'
import type { Locate, Position } from './faults.ts'

/** Finds positions in a YAML document. `at` turns an offset into a position. */
export function locateIn(document: Document, at: (offset: number) => Position): Locate {
  return (path, which) => {
    let node: unknown = document.contents
    let offset = startOf(node) ?? 0
    for (const [index, key] of path.entries()) {
      const found = step(isAlias(node) ? node.resolve(document) : node, key)
      if (found === undefined) break
      const ofKey = startOf(found.key)
      const isTarget = index === path.length - 1
      offset = (isTarget && which === 'key' ? ofKey : startOf(found.value)) ?? ofKey ?? offset
      node = found.value
    }
    return at(offset)
  }
}

function step(node: unknown, key: string | number): { key: unknown; value: unknown } | undefined {
  if (isSeq(node) && typeof key === 'number' && key < node.items.length)
    return { key: undefined, value: node.items[key] }
  if (!isMap(node)) return undefined
  // Of a key that is given twice the last counts.
  return node.items.findLast((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
