import { covers } from '../../../../registry.ts'
import { type Entry, type Filter, type Page, type PluginOutcome, SLICE_MS } from '../../../history.ts'
import { nameTest, pageOfIds } from '../../../filter.ts'
import { loadScript, runIn } from '../client/run.ts'
import {
  type Bounds,
  type Direction,
  type Found,
  foundOf,
  type HistoryDeps,
  isKept,
  streamKey,
  StreamReader,
} from './streams.ts'

const SEEK = loadScript('seek.lua', import.meta.url)
const OUTCOMES = loadScript('outcomes.lua', import.meta.url)

/** For how many entries outcomes are looked up at once. */
const TOGETHER = 50
/** The fewest entries that a slice reads. */
const MIN_SLICE = 2000
/** How far the clocks of processes and of Redis may differ. */
const SKEW_MS = 600_000
/** How far apart entries received at the same time may be. This range is searched first. */
const NEAR_MS = 10_000
const KEPT = ['kept:decided', 'kept:refused']
const ID = /^([0-9a-z]{9})[0-9a-z]{13}$/
const FIND_PAGE = 500

/** Lists one page over all streams, in the order of receipt. */
export async function list(deps: HistoryDeps, filter: Filter, direction: Direction, place?: string): Promise<Page> {
  const { limit = 100, since, until, ids } = filter
  if (ids) return pageOfIds((wanted, bodies) => find(deps, wanted, bodies), { ...filter, ids }, direction === 'forward')
  const test = nameTest(filter)
  const endsAt = performance.now() + SLICE_MS
  const places = placesOf(place)
  const readers = streamsFor(filter, deps.partitions).map((stream) => {
    const bounds = (): Promise<Bounds> =>
      boundsOf(
        deps,
        stream,
        since === undefined ? since : since - SKEW_MS,
        until === undefined ? until : until + SKEW_MS,
      )
    return new StreamReader(deps, stream, { direction, place: places[stream], bounds })
  })
  const page: Entry[] = []
  let end = false
  let looked = 0
  let searchedTo: number | undefined
  const isOver = (): boolean => looked >= MIN_SLICE && performance.now() > endsAt
  while (page.length < limit && !end && !isOver()) {
    const some: Found[] = []
    while (some.length < Math.min(TOGETHER, limit - page.length) && !isOver()) {
      const next = await nextOf(readers, direction)
      if (!next) {
        end = true
        break
      }
      looked++
      searchedTo = next.stored.receivedAt
      if (fits(filter, next) && (!test || test(next.stored.raw))) some.push(next)
    }
    const entries = await entriesOf(deps, some, filter.bodies ?? false)
    page.push(...entries.filter((entry) => fitsOutcome(filter, entry)))
  }
  const now = Object.fromEntries(readers.map((reader) => [reader.stream, reader.place]))
  const reached = !end && searchedTo !== undefined && { searchedTo }
  return { entries: page, place: JSON.stringify({ ...places, ...now }), end, ...reached }
}

/** Returns the place for `forward` after everything that is stored now. */
export async function endOf({ connection: { client, prefix }, partitions }: HistoryDeps): Promise<string> {
  const streams = streamsFor({}, partitions)
  const last = await Promise.all(streams.map((name) => client.xrevrange(streamKey(prefix, name), '+', '-', 'COUNT', 1)))
  return JSON.stringify(Object.fromEntries(streams.map((name, n) => [name, last[n]?.[0]?.[0] ?? '0-0'])))
}

/** Finds callbacks by their ids, which begin with the time of receipt. */
export async function find(deps: HistoryDeps, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const wanted = new Set(ids.filter((id) => ID.test(id)))
  const found: Found[] = []
  for (const around of [NEAR_MS, SKEW_MS]) {
    for (const id of wanted) {
      const at = Number.parseInt(ID.exec(id)?.[1] ?? '0', 36)
      const streams = streamsFor({}, deps.partitions)
      const some = await Promise.all(streams.map((name) => findIn(deps, name, id, [at - around, at + around])))
      if (some.flat().length > 0) wanted.delete(id)
      found.push(...some.flat())
    }
  }
  return entriesOf(deps, found, bodies)
}

async function findIn(
  deps: HistoryDeps,
  stream: string,
  id: string,
  [since, until]: [number, number],
): Promise<Found[]> {
  const { client, prefix } = deps.connection
  const { oldest, newest } = await boundsOf(deps, stream, since, until)
  const found: Found[] = []
  for (let start = oldest; ;) {
    const entries = await client.xrange(streamKey(prefix, stream), start, newest, 'COUNT', FIND_PAGE)
    found.push(...entries.map((entry) => foundOf(stream, entry)).filter(({ stored }) => stored.id === id))
    const last = entries.at(-1)
    if (entries.length < FIND_PAGE || !last) return found
    start = `(${last[0]}`
  }
}

/** Turns what was found into entries of the history, with their outcomes. */
async function entriesOf({ connection }: HistoryDeps, found: readonly Found[], bodies: boolean): Promise<Entry[]> {
  const { client, prefix } = connection
  const delivered = found.filter(({ stream }) => !isKept(stream))
  const streams = delivered.map(({ stream }) => stream)
  const args = delivered.flatMap(({ entry, plugins }) => [entry.slice(2), plugins])
  const replies = streams.length === 0 ? [] : await runIn<string[][]>(connection, streams, OUTCOMES, args)
  const outcomesOf = new Map(delivered.map((one, n) => [one, replies[n] ?? []]))
  return Promise.all(
    found.map(async (one) => {
      const outcomes = outcomesOf.get(one) ?? [(await client.hget(`${prefix}:refusals`, one.entry)) ?? '0']
      return entryOf(one, outcomes, bodies)
    }),
  )
}

function entryOf(
  { stream, entry, stored, kept }: Found,
  [resends, ...outcomes]: readonly string[],
  bodies: boolean,
): Entry {
  const { id, sdkAppId, command, receivedAt, signed, maybeResend, query, raw } = stored
  const about = { id, sdkAppId, command, receivedAt, signed, maybeResend }
  const plugins = Array.from({ length: outcomes.length / 2 }, (_, n) => {
    return { id: outcomes[2 * n] ?? '', outcome: outcomes[2 * n + 1] as PluginOutcome }
  })
  const { error } = kept
  const outcome = kept.outcome as NonNullable<Entry['undelivered']>['outcome']
  const decided = { outcome, code: Number(kept.code), failed: kept.failed === '1', ...(error !== '' && { error }) }
  return {
    ref: refOf(stream, entry),
    ...about,
    resends: Number(resends),
    plugins,
    ...(isKept(stream) && { undelivered: decided }),
    ...(bodies && { body: { query, raw } }),
  }
}

/** The ref of a callback in an `AdminRequest`. */
export function refOf(stream: string, entry: string): string {
  return `${stream}/${isKept(stream) ? entry : entry.slice(2)}`
}

/** The streams that can have matches for the filter. */
function streamsFor({ outcome, plugin }: Filter, partitions: number): string[] {
  const delivered = Array.from({ length: partitions }, (_, n) => String(n))
  if (plugin !== undefined) return delivered
  if (outcome === undefined) return [...delivered, ...KEPT]
  return outcome === 'delivered' || outcome === 'done' || outcome === 'waiting' || outcome === 'dead' ? delivered : KEPT
}

function placesOf(place: string | undefined): Record<string, string | undefined> {
  return place === undefined ? {} : (JSON.parse(place) as Record<string, string>)
}

/** The entries between which callbacks of a time lie. */
async function boundsOf(
  { connection }: HistoryDeps,
  stream: string,
  since: number | undefined,
  until: number | undefined,
): Promise<Bounds> {
  const [from, to] = [Math.max(0, since ?? 0), until ?? Infinity]
  if (isKept(stream)) return { oldest: String(from), newest: to === Infinity ? '+' : String(to) }
  if (since === undefined && until === undefined) return { oldest: '-', newest: '+' }
  const [first, last] = await runIn<number[]>(connection, [stream], SEEK, [from, Math.min(to, Number.MAX_SAFE_INTEGER)])
  return { oldest: `0-${first}`, newest: to === Infinity ? '+' : `0-${last}` }
}

/** Takes the next entry over all streams. Ids give the order of receipt, exactly so within one process. */
async function nextOf(readers: readonly StreamReader[], direction: Direction): Promise<Found | undefined> {
  const heads = await Promise.all(readers.map((reader) => reader.head()))
  let first: { found: Found; reader: StreamReader } | undefined
  for (const [n, found] of heads.entries()) {
    const reader = readers[n]
    if (!found || !reader) continue
    const { id } = found.stored
    const firstId = first?.found.stored.id ?? ''
    if (!first || (direction === 'forward' ? id < firstId : id > firstId)) first = { found, reader }
  }
  first?.reader.take()
  return first?.found
}

/** Whether a callback itself, and how it was decided, match the filter. */
function fits({ app, command, since, until, outcome }: Filter, { stream, stored, kept }: Found): boolean {
  if (app !== undefined && stored.sdkAppId !== app) return false
  if (command !== undefined && !covers(command, stored.command)) return false
  if (stored.receivedAt < (since ?? -Infinity) || stored.receivedAt >= (until ?? Infinity)) return false
  if (!isKept(stream) || outcome === undefined || outcome === 'kept') return true
  return outcome === 'failed' ? kept.failed === '1' : kept.outcome === outcome
}

/** Whether an outcome matches: that of the plugin of the filter, or else that of any plugin. */
function fitsOutcome({ plugin, outcome }: Filter, { plugins }: Entry): boolean {
  const theirs = plugin === undefined ? plugins : plugins.filter(({ id }) => id === plugin)
  if (plugin !== undefined && theirs.length === 0) return false
  if (outcome !== 'done' && outcome !== 'dead' && outcome !== 'waiting') return true
  return theirs.some((entry) => entry.outcome === outcome)
}
