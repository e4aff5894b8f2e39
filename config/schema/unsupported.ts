import type { Fault, Path } from '../faults.ts'
import { getKey, isPlainObject } from './objects.ts'

/** A part of the schema that is known but not built yet. */
export interface Unsupported {
  /** Keys from the root; `*` is every item of a list. */
  path: readonly string[]
  /** The values that do work; none where the key must be left out. */
  except?: readonly unknown[]
}

/** The keys that this version does not support yet. Delete a line to enable its key. */
export const UNSUPPORTED: readonly Unsupported[] = [{ path: ['plugins', '*', 'isolate'] }]

/** A fault for every key that a config uses and this version does not support. */
export function findUnsupported(config: unknown, table: readonly Unsupported[] = UNSUPPORTED): Fault[] {
  return table.flatMap(({ path, except }) => {
    const hint = except === undefined ? 'remove it' : `expected ${except.map(String).join(' or ')}`
    return matches(config, path, [])
      .filter(({ value }) => value !== undefined && typeof value !== 'symbol' && except?.includes(value) !== true)
      .map(({ path }) => ({ path, message: `is not supported yet in this version; ${hint}` }))
  })
}

function matches(value: unknown, pattern: readonly string[], path: Path): { path: Path; value: unknown }[] {
  const [first, ...rest] = pattern
  if (first === undefined) return [{ path, value }]
  if (first !== '*') return isPlainObject(value) ? matches(getKey(value, first), rest, [...path, first]) : []
  return Array.isArray(value) ? value.flatMap((item, index) => matches(item, rest, [...path, index])) : []
}
