import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../store/sqlite/database.ts'
import type { Entry, Filter } from '../../../history.ts'
import type { Direction } from '../blocks/blocks.ts'

/** Numbers looked at in one reading: no reader is to keep the server's log from being moved to the file for long. */
const LARGEST = 20_000
/** How far the order of receipt and that of the times may differ. */
const SLACK_MS = 60_000

/** What a list takes its entries from: a table, and what of it a filter leaves. */
export interface Source {
  /** Between which numbers those of a stretch of time are; milliseconds since 1970. */
  between(database: Database, since: number, until: number): readonly [low: number, high: number]
  /** The largest number there is. */
  last(database: Database): number
  /** The next number that may fit, from this one on, in the direction; undefined where none is left. */
  next(database: Database, from: number, direction: Direction): number | undefined
  /** What fits of the numbers in a range, in the direction. */
  read(database: Database, low: number, high: number, direction: Direction): Iterable<Found>
}

export interface Found {
  readonly number: number
  readonly entry: Entry
}

export interface Scanned {
  readonly found: Found[]
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
  const found: Found[] = []
  const isWhole = since === undefined && until === undefined
  const [lowest, highest] = isWhole
    ? [0, Infinity]
    : source.between(database, (since ?? 0) - SLACK_MS, (until ?? Number.MAX_SAFE_INTEGER) + SLACK_MS)
  let at = step === 1 ? Math.max(after, lowest - 1) : Math.min(after, highest + 1)
  for (let size = limit; ; size = Math.min(LARGEST, size * 4)) {
    const done = inSnapshot(database, () => {
      const first = source.next(database, at + step, direction)
      if (first === undefined || first < lowest || first > highest) return true
      const last = first + step * (size - 1)
      const [low, high] = step === 1 ? [first, last] : [last, first]
      for (const one of source.read(database, Math.max(0, low), Math.min(high, Number.MAX_SAFE_INTEGER), direction)) {
        at = one.number
        found.push(one)
        if (found.length >= limit) return false
      }
      // Numbers that are not given yet are to be looked at when they are.
      at = Math.min(last, source.last(database))
      return false
    })
    if (done || found.length >= limit) return { found, reached: at, end: done }
    await yieldToLoop()
  }
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
