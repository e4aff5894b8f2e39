import type { Database } from '../../../../store/sqlite/database.ts'
import { textOf } from './read-block.ts'

/**
 * A table whose rows are numbered in the order of receipt. `key` is the column of its primary key, `first` the column of
 * the first number in a row.
 */
export type Numbered = typeof BLOCKS | typeof UNDELIVERED

export const BLOCKS = { name: 'blocks', key: 'last', first: 'first' } as const
export const UNDELIVERED = { name: 'kept', key: 'num', first: 'num' } as const

/**
 * Finds the first number of the first row whose time or id is at least `value`; beyond the last number if there is none.
 * Both grow with the number, so a binary search does without an index.
 */
export function seek(
  database: Database,
  { name, key, first }: Numbered,
  column: 'received_at' | 'id',
  value: number | string,
): number {
  let low = database.number(`SELECT ${first} FROM ${name} ORDER BY ${key} LIMIT 1`)
  let high = database.number(`SELECT max(${key}) FROM ${name}`) + 1
  // As bytes, because an id may be damaged.
  const next = `SELECT ${column === 'id' ? 'CAST(id AS BLOB)' : column} AS value FROM ${name} WHERE ${key} >= ? ORDER BY ${key} LIMIT 1`
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Numbers may be missing, so the next existing row is compared.
    const row = database.get(next, middle)
    const found = column === 'id' ? textOf(row?.['value']) : Number(row?.['value'])
    if (row && found >= value) high = middle
    else low = middle + 1
  }
  return low
}
