import type { Entry, Filter, Page } from '../../../history.ts'
import type { Connection, Run } from '../client/run.ts'
import { decidedAs, fitsAbout, fitsOutcome } from './fits.ts'
import { entriesOf } from './entries.ts'
import { type Direction, type StreamEntry, StreamReader } from './streams.ts'

/** Entries whose outcomes are looked up at once. */
const TOGETHER = 50
/** How far clocks may differ: entries are numbered by the clock of Redis, but filtered by the time of receipt. */
const SKEW_MS = 600_000
const KEPT = ['kept:decided', 'kept:refused']

export interface HistoryDeps {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  readonly run: Run
  readonly partitions: number
}

/** Lists one page over all streams, in the order of receipt. */
export async function list(deps: HistoryDeps, filter: Filter, direction: Direction, place?: string): Promise<Page> {
  const { limit = 100 } = filter
  const places = placesOf(place)
  const bounds = boundsOf(filter)
  const readers = streamsFor(filter, deps.partitions).map((stream) => {
    return new StreamReader(deps.connection, { stream, direction, place: places[stream], bounds })
  })
  const page: Entry[] = []
  let end = false
  while (page.length < limit && !end) {
    const some: StreamEntry[] = []
    while (some.length < Math.min(TOGETHER, limit - page.length)) {
      const next = await nextOf(readers, direction)
      if (!next) {
        end = true
        break
      }
      if (fitsAbout(filter, next.fields) && decidedAs(filter, next)) some.push(next)
    }
    const entries = await entriesOf(deps.run, some, filter.bodies ?? false)
    page.push(...entries.filter((entry) => fitsOutcome(filter, entry)))
  }
  const now = Object.fromEntries(readers.map((reader, n) => [streamsFor(filter, deps.partitions)[n], reader.place]))
  return { entries: page, place: JSON.stringify({ ...places, ...now }), end }
}

/** Returns the place for `forward` behind all that is stored now. */
export async function endOf({ connection: { client, prefix }, partitions }: HistoryDeps): Promise<string> {
  const streams = streamsFor({}, partitions)
  const last = await Promise.all(streams.map((stream) => client.xrevrange(`${prefix}:${stream}`, '+', '-', 'COUNT', 1)))
  return JSON.stringify(Object.fromEntries(streams.map((stream, n) => [stream, last[n]?.[0]?.[0] ?? '0-0'])))
}

/** The streams that can have matches for the filter. */
export function streamsFor({ outcome, plugin }: Filter, partitions: number): string[] {
  const delivered = Array.from({ length: partitions }, (_, n) => `cb:${n}`)
  if (plugin !== undefined) return delivered
  if (outcome === undefined) return [...delivered, ...KEPT]
  const isDelivered = outcome === 'delivered' || outcome === 'done' || outcome === 'waiting' || outcome === 'dead'
  return isDelivered ? delivered : KEPT
}

function placesOf(place: string | undefined): Record<string, string | undefined> {
  return place === undefined ? {} : (JSON.parse(place) as Record<string, string>)
}

function boundsOf({ since, until }: Filter): { oldest: string; newest: string } {
  return {
    oldest: since === undefined ? '-' : `${Math.max(0, since - SKEW_MS)}`,
    newest: until === undefined ? '+' : `${until + SKEW_MS}`,
  }
}

/** Takes the next entry over all streams. Ids give the order of receipt, exactly so within one process. */
async function nextOf(readers: readonly StreamReader[], direction: Direction): Promise<StreamEntry | undefined> {
  const heads = await Promise.all(readers.map((reader) => reader.head()))
  let first: { found: StreamEntry; reader: StreamReader } | undefined
  for (const [n, found] of heads.entries()) {
    const reader = readers[n]
    if (!found || !reader) continue
    const id = found.fields['id'] ?? ''
    const firstId = first?.found.fields['id'] ?? ''
    if (!first || (direction === 'forward' ? id < firstId : id > firstId)) first = { found, reader }
  }
  first?.reader.take()
  return first?.found
}
