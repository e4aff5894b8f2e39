import { describeNode } from '../schema/describe.ts'
import { quote } from '../faults.ts'
import { resolveNode, type SchemaNode } from '../schema/node.ts'
import { BROKEN, getKey, isPlainObject, setKey } from '../schema/objects.ts'
import { suggest } from './suggest.ts'
import { below, type At, type Walk } from './walk.ts'

/** How many unknown keys of an object get a suggestion. More than this are not spelling mistakes. */
const SUGGESTED = 20

/** Checks an object key by key, and returns a copy with the defaults filled in. */
export function checkObject(walk: Walk, node: SchemaNode, value: Record<string, unknown>, at: At): unknown {
  const copy = {}
  const properties = isPlainObject(node.properties) ? node.properties : {}
  const known = Object.keys(properties)
  const misspelt = new Set<string>()
  let unknown = 0
  for (const key of Object.keys(value)) {
    // An undefined key of a config module counts as absent.
    if (value[key] === undefined) continue
    const schema = schemaOfKey(node, properties, key)
    if (schema !== undefined) {
      setKey(copy, key, walk.visit(walk, schema, value[key], below(at, key)))
      continue
    }
    unknown += 1
    const meant = unknown > SUGGESTED ? undefined : suggest(key, known)
    if (meant !== undefined) misspelt.add(meant)
    const message = unknown > SUGGESTED ? `unknown key ${quote(key)}` : unknownKey(key, meant, known)
    walk.faults.push({ path: [...at.path, key], at: 'key', message })
  }
  for (const key of known) {
    if (getKey(value, key) !== undefined) continue
    // A misspelt required key needs one line, not two.
    if (misspelt.has(key)) setKey(copy, key, BROKEN)
    else fillIn(walk, node, copy, key, at)
  }
  return copy
}

function schemaOfKey(node: SchemaNode, properties: Record<string, unknown>, key: string): unknown {
  if (Object.hasOwn(properties, key)) return properties[key]
  const patterns = isPlainObject(node.patternProperties) ? Object.entries(node.patternProperties) : []
  const match = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(key))
  if (match !== undefined) return match[1]
  if (node.additionalProperties !== undefined && node.additionalProperties !== false) return node.additionalProperties
  // A schema without keys allows any key.
  const isOpen = node.properties === undefined && patterns.length === 0 && node.additionalProperties === undefined
  return isOpen ? true : undefined
}

function fillIn(walk: Walk, node: SchemaNode, copy: object, key: string, at: At): void {
  const schema = getKey(node.properties, key)
  const property = resolveNode(schema, at.scope).node
  if ('default' in property) setKey(copy, key, walk.visit(walk, schema, undefined, below(at, key)))
  else if (Array.isArray(node.required) && node.required.includes(key)) {
    walk.faults.push({
      path: [...at.path, key],
      message: `required key is missing; expected ${describeNode(property)}`,
    })
    setKey(copy, key, BROKEN)
  }
}

function unknownKey(key: string, meant: string | undefined, known: readonly string[]): string {
  if (meant !== undefined) return `unknown key ${quote(key)}; did you mean ${quote(meant)}?`
  if (known.length === 0 || known.length > 16) return `unknown key ${quote(key)}`
  return `unknown key ${quote(key)}; expected ${known.length === 1 ? '' : 'one of '}${known.join(', ')}`
}
