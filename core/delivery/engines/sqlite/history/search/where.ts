import type { Value } from '../../../../../store/sqlite/database.ts'

/** Builds a WHERE clause and its values. Conditions that are `false` are left out. */
export function whereOf(conditions: readonly (readonly [string, Value] | false)[]): { text: string; values: Value[] } {
  const all = conditions.filter((condition) => condition !== false)
  return {
    text: all.length === 0 ? '' : `WHERE ${all.map(([text]) => text).join(' AND ')}`,
    values: all.map(([, v]) => v),
  }
}

/** The condition that a column matches a command, or a pattern such as `Group.*`. */
export function fitsCommand(column: string, pattern: string): readonly [string, Value] {
  if (pattern === '*') return ['? IS NOT NULL', pattern]
  return pattern.endsWith('.*') ? [`instr(${column}, ?) = 1`, pattern.slice(0, -1)] : [`${column} = ?`, pattern]
}
