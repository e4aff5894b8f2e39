import type { Database } from '../../../../store/sqlite/database.ts'
import { textOf } from './read-block.ts'

/**
 * A table whose rows are numbered in the order of receipt: the column by which they are looked up, and the one of the
 * first number that a row stands for.
 */
export type Numbered =
  | { readonly name: 'blocks'; readonly key: 'last'; readonly first: 'first' }
  | { readonly name: 'kept'; readonly key: 'num'; readonly first: 'num' }

export const BLOCKS: Numbered = { name: 'blocks', key: 'last', first: 'first' }
export const UNDELIVERED: Numbered = { name: 'kept', key: 'num', first: 'num' }

/**
 * The first number of the first row whose time, or whose id, is at least this one: found by halving, for both grow with
 * the number, so that no index has to be kept. Beyond the last number where there is none.
 */
export function seek(
  database: Database,
  { name, key, first }: Numbered,
  column: 'received_at' | 'id',
  value: number | string,
): number {
  let low = database.number(`SELECT ${first} FROM ${name} ORDER BY ${key} LIMIT 1`)
  let high = database.number(`SELECT max(${key}) FROM ${name}`) + 1
  // As bytes, for one that is damaged.
  const next = `SELECT ${column === 'id' ? 'CAST(id AS BLOB)' : column} AS value FROM ${name} WHERE ${key} >= ? ORDER BY ${key} LIMIT 1`
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Numbers may be missing, so the next one that there is speaks for it.
    const row = database.get(next, middle)
    const found = column === 'id' ? textOf(row?.['value']) : Number(row?.['value'])
    if (row && found >= value) high = middle
    else low = middle + 1
  }
  return low
}
