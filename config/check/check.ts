import { IsCodec, type TSchema } from '#typebox'
import { checkLeaf } from './check-leaf.ts'
import { checkList } from './check-list.ts'
import { checkObject } from './check-object.ts'
import { checkUnion } from './check-union.ts'
import { convertText } from './convert.ts'
import { decodeAll } from './decode.ts'
import type { Fault, Path } from '../faults.ts'
import {
  branchesOf,
  describesList,
  describesObject,
  mergeObjects,
  resolveNode,
  typesOf,
  type SchemaNode,
  type Scope,
} from '../schema/node.ts'
import { BROKEN, isPlainObject } from '../schema/objects.ts'
import type { At, Hidden, Interpolated, Walk } from './walk.ts'

/** Where the checked value is in the config, and which of its values came from `${…}`. */
export interface CheckContext {
  path?: Path
  isInterpolated?: (path: Path) => Interpolated
}

/** The result of a check. With faults the value is incomplete, and only fit for further checks. */
export interface Checked {
  value: unknown
  faults: Fault[]
}

/**
 * Checks a value against a TypeBox type or JSON Schema. Returns a copy (lists and plain objects; anything else by
 * reference) in which whole interpolations are converted to the schema's type, defaults are filled in and codecs are
 * decoded, or every fault. Keys that an object schema does not name are faults unless `additionalProperties` allows them.
 */
export function checkValue(schema: TSchema, value: unknown, context: CheckContext = {}): Checked {
  const { path = [], isInterpolated = () => false as const } = context
  const walk: Walk = { faults: [], broken: 0, decodings: [], isInterpolated, visit }
  const checked = visit(walk, schema, value, { path, hidden: false, scope: {} })
  if (walk.faults.length > 0 || walk.broken > 0) return { value: checked, faults: walk.faults }
  try {
    return { value: decodeAll(checked, walk.decodings, path), faults: [] }
  } catch {
    // A codec of a plugin's options threw. Its message may quote the value.
    return { value: checked, faults: [{ path, message: 'cannot be decoded' }] }
  }
}

function visit(walk: Walk, schema: unknown, given: unknown, outer: At): unknown {
  if (given === BROKEN) {
    walk.broken += 1
    return BROKEN
  }
  const { node, scope } = resolveNode(schema, outer.scope)
  const interpolated = walk.isInterpolated(outer.path)
  const at: At = { path: outer.path, scope, hidden: hiddenBy(node, interpolated, outer.hidden) }
  let value = given === undefined && 'default' in node ? defaultOf(node) : given
  if (value === null) value = emptySection(node)
  if (interpolated === 'whole' && typeof value === 'string') value = convertText(node, value)
  const [faults, broken] = [walk.faults.length, walk.broken]
  const checked = visitParts(walk, node, value, at)
  const isWhole = checked !== BROKEN && walk.faults.length === faults && walk.broken === broken
  if (!isWhole) return checked
  const sound = checkLeaf(walk, node, checked, at)
  if (sound !== BROKEN)
    for (const decode of decodersOf(schema, outer.scope)) walk.decodings.push({ path: at.path, decode })
  return sound
}

/** Checks the items and keys of a value. checkLeaf checks the value as a whole. */
function visitParts(walk: Walk, node: SchemaNode, value: unknown, at: At): unknown {
  if (node.opaque === true) return value
  const branches = branchesOf(node)
  if (branches !== undefined) return checkUnion(walk, node, branches, value, at)
  if (isPlainObject(value)) {
    const merged = Array.isArray(node.allOf) ? mergeObjects(node, at.scope) : node
    if (merged !== undefined && describesObject(merged)) return checkObject(walk, merged, value, at)
  }
  return Array.isArray(value) && describesList(node) ? checkList(walk, node, value, at) : value
}

/** The codecs of a valid value: those of all schemas that it has to fit, then those of the node and its reference. */
function decodersOf(schema: unknown, outer: Scope): ((value: unknown) => unknown)[] {
  const { node, scope } = resolveNode(schema, outer)
  const parts: readonly unknown[] = Array.isArray(node.allOf) ? node.allOf : []
  const own = [...new Set([node, schema])].filter(IsCodec)
  return [
    ...parts.flatMap((part) => decodersOf(part, scope)),
    ...own.map((codec) => (value: unknown) => codec['~codec'].decode(value)),
  ]
}

function hiddenBy(node: SchemaNode, interpolated: Interpolated, outer: Hidden): Hidden {
  if (node.secret === true || outer === 'secret') return 'secret'
  return interpolated === false ? outer : 'interpolated'
}

function defaultOf(node: SchemaNode): unknown {
  return typeof node.default === 'function' ? (node.default as () => unknown)() : structuredClone(node.default)
}

/** `server:` with nothing after it is an empty section, and `plugins:` an empty list; any other null stays one. */
function emptySection(node: SchemaNode): unknown {
  const types = typesOf(node)
  if (types.includes('null')) return null
  if (types.includes('object')) return {}
  return types.includes('array') && 'default' in node ? defaultOf(node) : null
}
