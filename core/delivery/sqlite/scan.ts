import { setImmediate as turn } from 'node:timers/promises'
import type { Database, Row, Value } from '../../store/database.ts'
import type { Entry, Filter } from '../journal.ts'
import { type Numbered, seek } from './seek.ts'

/** Numbers looked at in one reading: no reader is to keep the server's log from being moved to the file for long. */
const LARGEST = 20_000
/** How far the order of receipt and that of the times may differ. */
const SLACK_MS = 60_000

export type Direction = 'backward' | 'forward'

/** What a list takes its entries from: a table, and what of it a filter leaves. */
export interface Source {
  readonly table: Numbered
  readonly columns: string
  /** Conditions on the columns, with their values. */
  readonly conditions: readonly (readonly [condition: string, ...values: Value[]])[]
  /** The next number that may fit, from this one on, in the direction; undefined where none is left. */
  next(database: Database, from: number, direction: Direction): number | undefined
  /** Makes entries of rows whose numbers are in a range, and leaves out what does not fit after all. */
  read(database: Database, low: number, high: number): (row: Row) => Entry | undefined
}

export interface Scanned {
  readonly found: { readonly number: number; readonly entry: Entry }[]
  /** The last number that was looked at. */
  readonly reached: number
  readonly end: boolean
}

/** Looks for the next entries after a number, piece by piece, and lets other things happen between two. */
export async function scan(
  database: Database,
  source: Source,
  { since, until, limit = 100 }: Filter,
  after: number,
  direction: Direction,
): Promise<Scanned> {
  const step = direction === 'forward' ? 1 : -1
  const found: Scanned['found'] = []
  const { table } = source
  const lowest = since === undefined ? 0 : seek(database, table, 'received_at', since - SLACK_MS)
  const highest = until === undefined ? Infinity : seek(database, table, 'received_at', until + SLACK_MS)
  let at = step === 1 ? Math.max(after, lowest - 1) : Math.min(after, highest + 1)
  for (let size = limit; ; size = Math.min(LARGEST, size * 4)) {
    const done = inSnapshot(database, () => {
      const first = source.next(database, at + step, direction)
      if (first === undefined || first < lowest || first > highest) return true
      const last = first + step * (size - 1)
      const [low, high] = step === 1 ? [first, last] : [last, first]
      const entryOf = source.read(database, low, high)
      for (const row of rowsOf(database, source, low, high, step)) {
        at = Number(row[table.key])
        const entry = entryOf(row)
        if (entry) found.push({ number: at, entry })
        if (found.length >= limit) return false
      }
      // Numbers that are not given yet are to be looked at when they are.
      at = Math.min(last, database.number(`SELECT max(${table.key}) FROM ${table.name}`))
      return false
    })
    if (done || found.length >= limit) return { found, reached: at, end: done }
    await turn()
  }
}

function rowsOf(
  database: Database,
  { table: { name, key }, columns, conditions }: Source,
  low: number,
  high: number,
  step: 1 | -1,
): Row[] {
  const where = [`${key} BETWEEN ? AND ?`, ...conditions.map(([condition]) => condition)].join(' AND ')
  const select = `SELECT ${columns} FROM ${name} WHERE ${where} ORDER BY ${key} ${step === 1 ? 'ASC' : 'DESC'}`
  const values = conditions.flatMap(([, ...some]) => some)
  return database.all(select, Math.max(0, low), Math.min(high, Number.MAX_SAFE_INTEGER), ...values)
}

/** Has several readings see the same. */
export function inSnapshot<T>(database: Database, read: () => T): T {
  database.exec('BEGIN')
  try {
    return read()
  } finally {
    database.exec('COMMIT')
  }
}
