import type { Wire } from '../protocol/wire.ts'
import type { Faults, Place } from './schema-errors.ts'
import { isObject, type JsonObject } from '../lib/json.ts'

/** The parts of a schema that reading uses, as plain data. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: unknown
  readonly items?: SchemaNode
  readonly wire?: Wire | 'msg-body'
  readonly expected?: string
}

/**
 * Returns the value in the form for handlers: the same object if it already has that form, else a copy. Returns
 * undefined to leave it out, because it is absent or because of a fault, which is recorded.
 */
export type Read = (value: unknown, up: Place | undefined, key: string | number, faults: Faults) => unknown
export type ReadFields = (object: JsonObject, place: Place | undefined, faults: Faults) => JsonObject

export interface Manner {
  /** Reads the elements of a message. */
  readonly message: Read
  /** For output of plugins: null, unknown keys, and text for numbers or the reverse are faults there. */
  readonly exact?: boolean
}

/** Compiles the reader of one field. */
export function readerOf(node: SchemaNode, manner: Manner): Read {
  if (node.wire === 'msg-body') return manner.message
  const types = [node.type ?? []].flat()
  const structured = structuredReader(node, types, manner)
  const scalar = scalarReader(node, types, manner)
  if (!structured) return scalar ?? asItIs
  if (!scalar) return structured
  return (value, up, key, faults) => {
    const isStructured = typeof value === 'object' && (!Array.isArray(value) || types.includes('array'))
    return (isStructured ? structured : scalar)(value, up, key, faults)
  }
}

/** Compiles the reader of an object's fields. Keys that the schema does not name pass unchanged. */
export function fieldsReader({ properties = {}, additionalProperties }: SchemaNode, manner: Manner): ReadFields {
  const { exact = false } = manner
  const fields = Object.entries(properties).map(([name, node]) => ({ name, read: readerOf(node, manner) }))
  const isClosed = exact && additionalProperties === false
  return (object, place, faults) => {
    let copy: JsonObject | undefined
    for (const { name, read } of fields) {
      const value = object[name]
      if (value === undefined) continue
      const seen = value === null && !exact ? undefined : read(value, place, name, faults)
      if (seen === value) continue
      copy ??= { ...object }
      if (seen === undefined) delete copy[name]
      else copy[name] = seen
    }
    if (isClosed) noteUnknown(object, properties, place, faults)
    return copy ?? object
  }
}

/** Records which required fields an object lacks after reading. Fields with faults are recorded already. */
export function noteMissing(
  { required = [] }: SchemaNode,
  given: JsonObject,
  seen: JsonObject,
  place: Place | undefined,
  faults: Faults,
): void {
  for (const name of required) {
    if (seen[name] !== undefined) continue
    faults.isIncomplete = true
    const was = given[name]
    if (was === undefined || was === null || was === '') faults.add(place, name, 'is required')
  }
}

function noteUnknown(object: JsonObject, known: object, place: Place | undefined, faults: Faults): void {
  for (const name of Object.keys(object))
    if (!Object.hasOwn(known, name)) faults.add(place, name, 'is not a field of it')
}

function structuredReader(node: SchemaNode, types: readonly string[], manner: Manner): Read | undefined {
  if (types.includes('array')) return listReader(node, manner)
  return types.includes('object') ? objectReader(node, manner) : undefined
}

function objectReader(node: SchemaNode, manner: Manner): Read {
  const expected = node.expected ?? 'object'
  const readFields = fieldsReader(node, manner)
  return (value, up, key, faults) => {
    if (!isObject(value)) return faults.misfit(up, key, expected, value)
    const place = { up, key }
    const seen = readFields(value, place, faults)
    noteMissing(node, value, seen, place, faults)
    return seen
  }
}

function listReader(node: SchemaNode, manner: Manner): Read {
  const { exact = false } = manner
  const expected = node.expected ?? 'array'
  const readItem = itemReader(node.items ?? {}, manner)
  return (value, up, key, faults) => {
    if (!Array.isArray(value)) return faults.misfit(up, key, expected, value)
    const list: readonly unknown[] = value
    const place = { up, key }
    let copy: unknown[] | undefined
    for (let index = 0; index < list.length; index++) {
      const item = list[index]
      const seen = item === null && !exact ? undefined : readItem(item, place, index, faults)
      if (seen === item && !copy) continue
      copy ??= list.slice(0, index)
      if (seen !== undefined) copy.push(seen)
    }
    return copy ?? list
  }
}

/** An item that lacks a required field is left out of its list, which makes the body no less complete. */
function itemReader(node: SchemaNode, manner: Manner): Read {
  const read = readerOf(node, manner)
  if (!node.required?.length) return read
  return (value, up, key, faults) => {
    const { isIncomplete } = faults
    faults.isIncomplete = false
    const seen = read(value, up, key, faults)
    const isWhole = !faults.isIncomplete
    faults.isIncomplete = isIncomplete
    return isWhole ? seen : undefined
  }
}

const MISFIT = Symbol('misfit')
const INTEGER = /^-?[0-9]+$/
const DECIMAL = /^-?[0-9]+(?:[.][0-9]+)?$/

type Coerce = (value: unknown) => unknown

/** Values that are accepted for a type although they have another. Documents and traffic differ in these ways. */
const coercions: Readonly<Record<string, Coerce>> = {
  string(value) {
    if (typeof value === 'string') return value
    return Number.isInteger(value) ? digitsOf(value as number) : MISFIT
  },
  integer(value) {
    if (Number.isInteger(value)) return value
    if (value === '') return undefined
    if (typeof value !== 'string' || !INTEGER.test(value)) return MISFIT
    // A string whose digits a number cannot hold stays a string: losing a digit would be worse than the wrong type.
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  },
  number(value) {
    if (Number.isFinite(value)) return value
    if (value === '') return undefined
    const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : NaN
    return Number.isFinite(number) ? number : MISFIT
  },
  boolean(value) {
    if (typeof value === 'boolean') return value
    if (value === 1 || value === '1' || value === 'true') return true
    return value === 0 || value === '0' || value === 'false' ? false : MISFIT
  },
}

function scalarReader(node: SchemaNode, types: readonly string[], { exact = false }: Manner): Read | undefined {
  const coerce = coercionOf(node, types, exact)
  if (!coerce) return undefined
  const expected = node.expected ?? types.join(' or ')
  return (value, up, key, faults) => {
    const seen = coerce(value)
    const isMisfit = seen === MISFIT || (exact && seen === undefined)
    return isMisfit ? faults.misfit(up, key, expected, value) : seen
  }
}

function coercionOf({ wire }: SchemaNode, types: readonly string[], exact: boolean): Coerce | undefined {
  if (wire === 'account') return coercions['string']
  if (wire === 'integer' || wire === 'number') return coercions[wire]
  const scalars = types.filter((type) => coercions[type])
  const [first] = scalars
  if (first === undefined) return undefined
  if (scalars.length === 1 && !exact) return coercions[first]
  // The value's own type comes first: text that looks like a number stays text.
  return (value) => {
    if (scalars.some((type) => isOf(type, value))) return value
    for (const type of exact ? [] : scalars) {
      const seen = coercions[type]?.(value)
      if (seen !== MISFIT) return seen
    }
    return MISFIT
  }
}

function isOf(type: string, value: unknown): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type
}

/** Returns all digits of an integer; from 1e21 on `String` writes an exponent. */
function digitsOf(integer: number): string {
  return Number.isSafeInteger(integer) ? String(integer) : String(BigInt(integer))
}

const asItIs: Read = (value) => value
