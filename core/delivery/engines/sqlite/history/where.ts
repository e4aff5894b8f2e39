import type { Value } from '../../../../store/sqlite/database.ts'

/** A WHERE of those conditions that are there, and their values. */
export function whereOf(some: readonly (readonly [string, Value] | false)[]): { text: string; values: Value[] } {
  const all = some.filter((one) => one !== false)
  return {
    text: all.length === 0 ? '' : `WHERE ${all.map(([text]) => text).join(' AND ')}`,
    values: all.map(([, v]) => v),
  }
}

/** The condition that a column fits a command, or a pattern such as `Group.*`. */
export function fitsCommand(column: string, pattern: string): readonly [string, Value] {
  if (pattern === '*') return ['? IS NOT NULL', pattern]
  return pattern.endsWith('.*') ? [`instr(${column}, ?) = 1`, pattern.slice(0, -1)] : [`${column} = ?`, pattern]
}
