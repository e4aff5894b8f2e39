import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../../store/sqlite/database.ts'
import { pageOfIds } from '../../../../filter.ts'
import { type Entry, type Filter, type Page, SLICE_MS } from '../../../../history.ts'
import { type Direction, lastStored, seek, timeOf } from '../../blocks/blocks.ts'
import { find } from './find.ts'
import { sourceOf } from './source.ts'

/** How many numbers one read covers. A longer read would keep the server from checkpointing its log. */
const MAX_READ = 20_000
/** How many numbers a slice covers at least, however long that takes. */
const MIN_SLICE = 20_000
/** How far times may differ from the order of receipt. */
const SLACK_MS = 60_000

/**
 * Lists one page of callbacks, by time of receipt; `place` is the last number that was read. Reads in chunks, and yields
 * to the event loop between them. Ends after a slice of time: see Page.
 */
export async function list(
  database: Database,
  filter: Filter,
  direction: Direction,
  place: string | undefined,
): Promise<Page> {
  const { ids, since, until, limit = 100 } = filter
  const isForward = direction === 'forward'
  if (ids) return pageOfIds((wanted, bodies) => find(database, wanted, bodies), { ...filter, ids }, isForward)
  const source = sourceOf(filter)
  const step = isForward ? 1 : -1
  const lowest = since === undefined ? 0 : seek(database, 'received_at', since - SLACK_MS)
  const highest = until === undefined ? Number.MAX_SAFE_INTEGER : seek(database, 'received_at', until + SLACK_MS)
  const after = place === undefined ? (isForward ? 0 : Number.MAX_SAFE_INTEGER) : Number(place)
  const endsAt = performance.now() + SLICE_MS
  const entries: Entry[] = []
  let covered = 0
  let at = isForward ? Math.max(after, lowest - 1) : Math.min(after, highest + 1)
  for (let size = limit; ; size = Math.min(MAX_READ, size * 4)) {
    const end = database.snapshot(() => {
      const first = source.next(database, at + step, direction)
      if (first === undefined || first < lowest || first > highest) return true
      const last = first + step * (size - 1)
      const [low, high] = isForward ? [first, last] : [last, first]
      for (const match of source.read(database, Math.max(0, low), Math.min(high, Number.MAX_SAFE_INTEGER), direction)) {
        at = Number(match.ref)
        entries.push(match)
        if (entries.length >= limit) return false
      }
      // Numbers not given yet are scanned once they are given.
      at = Math.min(last, lastStored(database))
      return false
    })
    if (end) return { entries, place: String(at), end }
    if (entries.length >= limit) return { entries, place: String(at), end, searchedTo: entries.at(-1)?.receivedAt ?? 0 }
    covered += size
    if (covered >= MIN_SLICE && performance.now() > endsAt)
      return { entries, place: String(at), end, searchedTo: timeOf(database, at) }
    await yieldToLoop()
  }
}
