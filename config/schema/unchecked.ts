import { isPlainObject } from './objects.ts'
import { typesOf, type SchemaNode } from './node.ts'

const TYPES = new Set<unknown>(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string'])
/** Keywords that contain plain values, not schemas. */
const VALUES = new Set(['const', 'default', 'enum', 'examples'])
const OTHER = 'build the schema with Type of timhook/plugin'

/**
 * Returns a sentence about the first part of an options schema that would have no effect here; undefined if there is
 * none. Such parts come from another version of TypeBox, whose own markers are unknown to the version that checks.
 */
export function uncheckedPart(schema: unknown): string | undefined {
  return visit(schema, 'options', new Set())
}

function visit(schema: unknown, place: string, seen: Set<unknown>): string | undefined {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return undefined
  seen.add(schema)
  const node = schema as SchemaNode
  const fault = Array.isArray(schema) ? undefined : faultOf(node)
  if (fault !== undefined) return `${place}: ${fault}`
  for (const [key, inner] of Object.entries(node)) {
    if (VALUES.has(key)) continue
    // Names of options, where the keyword above them says that they are some.
    const isNames = (key === 'properties' || key === '$defs' || key === 'definitions') && isPlainObject(inner)
    const parts: [string, unknown][] = isNames
      ? Object.entries(inner).map(([name, part]) => [`${place}.${name}`, part])
      : [[place, inner]]
    for (const [at, part] of parts) {
      const found = visit(part, at, seen)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function faultOf(node: SchemaNode): string | undefined {
  const marks = new Map(Object.getOwnPropertySymbols(node).map((symbol) => [symbol.description, symbol]))
  if (marks.has('TypeBox.Transform')) {
    return `Type.Transform of @sinclair/typebox would have no effect; ${OTHER}, where it is Type.Decode`
  }
  const kind: unknown = Reflect.get(node, marks.get('TypeBox.Kind') ?? '')
  if (kind === 'This')
    return `Type.Recursive of @sinclair/typebox cannot be followed; use $defs and $ref, or Type.Cyclic of typebox`
  const refinements = node['~refine']
  if (refinements !== undefined && !(Array.isArray(refinements) && refinements.every(isRefinement))) {
    return `its Type.Refine would have no effect: the message is not a function, or it is of another version of typebox; ${OTHER}, and a message as in () => 'must be even'`
  }
  const unknown = '~kind' in node ? undefined : typesOf(node).find((type) => !TYPES.has(type))
  return unknown === undefined
    ? undefined
    : `its type ${JSON.stringify(unknown)} is not a JSON Schema type, and would accept anything`
}

/** Whether the TypeBox that checks options takes it for a refinement. It leaves out what it does not. */
function isRefinement(value: unknown): boolean {
  return isPlainObject(value) && typeof value['check'] === 'function' && typeof value['error'] === 'function'
}
