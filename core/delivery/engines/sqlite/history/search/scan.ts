import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../../store/sqlite/database.ts'
import { type Entry, type Filter, SLICE_MS } from '../../../../history.ts'
import type { Direction } from '../../blocks/blocks.ts'
import { numberOf } from '../../blocks/entries.ts'

/** How many numbers one read covers. A longer read would keep the server from checkpointing its log. */
const MAX_READ = 20_000
/** How many numbers a slice covers at least, however long that takes. */
const MIN_SLICE = 20_000
/** How far times may differ from the order of receipt. */
const SLACK_MS = 60_000

/** Where a list reads its entries: a table with a filter applied. */
export interface Source {
  /** The range of numbers that covers a range of times (milliseconds since 1970). */
  between(database: Database, since: number, until: number): readonly [low: number, high: number]
  /** The largest number stored. */
  last(database: Database): number
  /** The next number from this one on that may match, in the direction; undefined if none is left. */
  next(database: Database, from: number, direction: Direction): number | undefined
  /** When the callback with a number, or the next one, was received: milliseconds since 1970, 0 if there is none. */
  timeOf(database: Database, number: number): number
  /** Reads the matching entries of a range, in the direction. */
  read(database: Database, low: number, high: number, direction: Direction): Iterable<Entry>
}

export interface Scanned {
  readonly found: Entry[]
  /** The last number that was scanned. */
  readonly reached: number
  readonly end: boolean
  /** How far it has come in time, if it ended before the limit and before the end. */
  readonly horizon?: number
}

/**
 * Finds the next entries after a number. Reads in chunks, and yields to the event loop between them. Ends after a slice of
 * time: see Page.
 */
export async function scan(
  database: Database,
  source: Source,
  { since, until, limit = 100 }: Filter,
  after: number,
  direction: Direction,
): Promise<Scanned> {
  const step = direction === 'forward' ? 1 : -1
  const found: Entry[] = []
  const isWhole = since === undefined && until === undefined
  const [lowest, highest] = isWhole
    ? [0, Infinity]
    : source.between(database, (since ?? 0) - SLACK_MS, (until ?? Number.MAX_SAFE_INTEGER) + SLACK_MS)
  const endsAt = performance.now() + SLICE_MS / 2
  let covered = 0
  let at = step === 1 ? Math.max(after, lowest - 1) : Math.min(after, highest + 1)
  for (let size = limit; ; size = Math.min(MAX_READ, size * 4)) {
    const done = database.snapshot(() => {
      const first = source.next(database, at + step, direction)
      if (first === undefined || first < lowest || first > highest) return true
      const last = first + step * (size - 1)
      const [low, high] = step === 1 ? [first, last] : [last, first]
      for (const match of source.read(database, Math.max(0, low), Math.min(high, Number.MAX_SAFE_INTEGER), direction)) {
        at = numberOf(match)
        found.push(match)
        if (found.length >= limit) return false
      }
      // Numbers not given yet are scanned once they are given.
      at = Math.min(last, source.last(database))
      return false
    })
    if (done || found.length >= limit) return { found, reached: at, end: done }
    covered += size
    if (covered >= MIN_SLICE && performance.now() > endsAt)
      return { found, reached: at, end: false, horizon: source.timeOf(database, at) }
    await yieldToLoop()
  }
}
