import type { TSchema } from '#typebox'
import { getKey, isPlainObject, setKey } from './objects.ts'

/** A JSON Schema node, whose keywords are looked up by name. TypeBox types are such nodes. */
export type SchemaNode = Readonly<Record<string, unknown>>

/** The named schemas that a `$ref` may mean. */
export type Scope = Readonly<Record<string, TSchema>>

/** A node with its `$ref`s followed, and the names that count below it. */
export interface Resolved {
  node: SchemaNode
  scope: Scope
}

/** Follows `$ref`s: to TypeBox's names (Type.Cyclic) and to `#/$defs/NAME`. `false` becomes a node that nothing fits. */
export function resolveNode(schema: unknown, scope: Scope): Resolved {
  let current = schema
  let names = scope
  // A chain of references this long is circular.
  for (let hops = 0; hops < 32; hops++) {
    if (typeof current === 'boolean') return { node: current ? {} : { not: {} }, scope: names }
    const node = current as SchemaNode
    names = withDefinitions(node, names)
    if (typeof node.$ref !== 'string') return { node, scope: names }
    const target = getKey(names, node.$ref.replace(/^#\/(?:\$defs|definitions)\//, ''))
    if (target === undefined) return { node, scope: names }
    current = target
  }
  return { node: {}, scope: names }
}

function withDefinitions(node: SchemaNode, scope: Scope): Scope {
  const found: Record<string, TSchema> = {}
  for (const definitions of [node.$defs, node.definitions]) {
    if (!isPlainObject(definitions)) continue
    for (const [name, schema] of Object.entries(definitions)) setKey(found, name, schema)
  }
  return Object.keys(found).length === 0 ? scope : { ...scope, ...found }
}

/** The branches of a union (anyOf, oneOf), or undefined. */
export function branchesOf(node: SchemaNode): readonly unknown[] | undefined {
  const branches = node.anyOf ?? node.oneOf
  return Array.isArray(branches) ? branches : undefined
}

/** The types that a node names: `type: 'string'` and `type: ['string', 'null']` alike. */
export function typesOf(node: SchemaNode): readonly unknown[] {
  if (Array.isArray(node.type)) return node.type
  return node.type === undefined ? [] : [node.type]
}

/** Whether a node describes the keys of an object. */
export function describesObject(node: SchemaNode): boolean {
  return node.opaque !== true && (typesOf(node).includes('object') || isPlainObject(node.properties))
}

/** Whether a node describes the items of a list. */
export function describesList(node: SchemaNode): boolean {
  return node.opaque !== true && (typesOf(node).includes('array') || node.items !== undefined)
}

/** Merges the keys of all nodes of an `allOf` into one object node; undefined when one of them is not an object. */
export function mergeObjects(node: SchemaNode, scope: Scope): SchemaNode | undefined {
  const properties: Record<string, unknown> = {}
  const required: unknown[] = []
  let open: unknown = node.unevaluatedProperties === false ? undefined : node.unevaluatedProperties
  const parts = [...(Array.isArray(node.allOf) ? node.allOf : []), { ...node, allOf: undefined }]
  for (const part of parts) {
    const resolved = resolveNode(part, scope).node
    const merged = Array.isArray(resolved.allOf) ? mergeObjects(resolved, scope) : resolved
    if (merged === undefined || (part !== parts.at(-1) && !describesObject(merged))) return undefined
    for (const [key, schema] of Object.entries(merged.properties ?? {})) {
      const present = getKey(properties, key)
      setKey(properties, key, present === undefined ? schema : { allOf: [present, schema] })
    }
    if (Array.isArray(merged.required)) required.push(...merged.required)
    if (merged.additionalProperties !== false) open ??= merged.additionalProperties
  }
  return { type: 'object', properties, required, ...(open === undefined ? {} : { additionalProperties: open }) }
}
