import { type Entry, type Filter, type Page, type PluginOutcome, SLICE_MS } from '../../../history.ts'
import { fits, nameTest, pageOfIds, withoutBody } from '../../../filter.ts'
import { loadScript, runIn } from '../client/run.ts'
import {
  type Bounds,
  type Direction,
  type Found,
  type HistoryDeps,
  isKept,
  MOST,
  readStream,
  streamKey,
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
const ID = /^[0-9a-z]{22}$/
const TIME_DIGITS = 9

/** What outcomes.lua returns for a callback. */
type Outcomes = readonly [resends: string, ...outcomes: (readonly [plugin: string, outcome: PluginOutcome])[]]

/** Reads one stream. */
interface Reader {
  readonly found: AsyncGenerator<Found, undefined>
  next: Found | undefined
}

/** Lists one page over all streams, in the order of receipt. */
export async function list(deps: HistoryDeps, filter: Filter, direction: Direction, place?: string): Promise<Page> {
  const { limit = 100, since = -Infinity, until = Infinity, ids, bodies = false } = filter
  if (ids) return pageOfIds((wanted, whole) => find(deps, wanted, whole), { ...filter, ids }, direction === 'forward')
  const { plugin: _plugin, outcome: _outcome, ...ofEntry } = filter
  const test = nameTest(filter)
  const endsAt = performance.now() + SLICE_MS
  const places = place === undefined ? {} : (JSON.parse(place) as Record<string, string>)
  const openReader = async (stream: string): Promise<Reader> => {
    const bounds = await boundsOf(deps, stream, since - SKEW_MS, until + SKEW_MS)
    const found = readStream(deps, stream, { ...bounds, direction, place: places[stream] })
    return { found, next: (await found.next()).value }
  }
  const readers = await Promise.all(streamsFor(filter, deps.partitions).map(openReader))
  const page: Entry[] = []
  let end = false
  let looked = 0
  let searchedTo: number | undefined
  const isOver = (): boolean => looked >= MIN_SLICE && performance.now() > endsAt
  while (page.length < limit && !end && !isOver()) {
    const some: Found[] = []
    while (some.length < Math.min(TOGETHER, limit - page.length) && !isOver()) {
      const next = await takeNext(readers, direction)
      if (!next) {
        end = true
        break
      }
      const { entry } = next
      looked++
      places[next.stream] = next.place
      searchedTo = entry.receivedAt
      // Outcomes are looked up only for what fits so far.
      if (fits(ofEntry, entry) && (!test || test(entry.body?.raw ?? ''))) some.push(next)
    }
    page.push(...(await entriesOf(deps, some, bodies)).filter((entry) => fits(filter, entry)))
  }
  const reached = !end && searchedTo !== undefined && { searchedTo }
  return { entries: page, place: JSON.stringify(places), end, ...reached }
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
  const streams = streamsFor({}, deps.partitions)
  const found: Found[] = []
  for (const around of [NEAR_MS, SKEW_MS]) {
    for (const id of wanted) {
      const some = (await Promise.all(streams.map((stream) => findIn(deps, stream, id, around)))).flat()
      if (some.length > 0) wanted.delete(id)
      found.push(...some)
    }
  }
  return entriesOf(deps, found, bodies)
}

async function findIn(deps: HistoryDeps, stream: string, id: string, around: number): Promise<Found[]> {
  const at = Number.parseInt(id.slice(0, TIME_DIGITS), 36)
  const bounds = await boundsOf(deps, stream, at - around, at + around)
  const found: Found[] = []
  for await (const one of readStream(deps, stream, { ...bounds, direction: 'forward' }, MOST))
    if (one.entry.id === id) found.push(one)
  return found
}

/** Turns what was found into entries of the history, with their outcomes. */
async function entriesOf({ connection }: HistoryDeps, found: readonly Found[], bodies: boolean): Promise<Entry[]> {
  const { client, prefix } = connection
  const delivered = found.filter(({ stream }) => !isKept(stream))
  const streams = delivered.map(({ stream }) => stream)
  const args = delivered.flatMap(({ place, plugins }) => [place.slice(2), plugins])
  const replies = await runIn<Outcomes[]>(connection, streams, OUTCOMES, args)
  const outcomesOf = new Map(delivered.map((one, n) => [one, replies[n]]))
  return Promise.all(
    found.map(async (one) => {
      const reply = outcomesOf.get(one) ?? [(await client.hget(`${prefix}:refusals`, one.place)) ?? '0']
      const [resends, ...outcomes] = reply
      const plugins = outcomes.map(([id, outcome]) => ({ id, outcome }))
      const entry = { ...one.entry, resends: Number(resends), plugins }
      return bodies ? entry : withoutBody(entry)
    }),
  )
}

/** The streams that can have matches for the filter. */
function streamsFor({ outcome, plugin }: Filter, partitions: number): string[] {
  const delivered = Array.from({ length: partitions }, (_, n) => String(n))
  if (plugin !== undefined) return delivered
  if (outcome === undefined) return [...delivered, ...KEPT]
  return outcome === 'delivered' || outcome === 'done' || outcome === 'waiting' || outcome === 'dead' ? delivered : KEPT
}

/** The entries between which callbacks of a time lie. */
async function boundsOf({ connection }: HistoryDeps, stream: string, since: number, until: number): Promise<Bounds> {
  const from = Math.max(0, since)
  if (isKept(stream)) return { oldest: `${from}`, newest: until === Infinity ? '+' : `${until}` }
  if (from === 0 && until === Infinity) return { oldest: '-', newest: '+' }
  const times = [from, Math.min(until, Number.MAX_SAFE_INTEGER)]
  const [first, last] = await runIn<number[]>(connection, [stream], SEEK, times)
  return { oldest: `0-${first}`, newest: until === Infinity ? '+' : `0-${last}` }
}

/** Takes the next entry over all streams. Ids give the order of receipt, exactly so within one process. */
async function takeNext(readers: readonly Reader[], direction: Direction): Promise<Found | undefined> {
  let first: Reader | undefined
  for (const reader of readers) {
    const [id, firstId] = [reader.next?.entry.id, first?.next?.entry.id]
    if (id === undefined) continue
    if (firstId === undefined || (direction === 'forward' ? id < firstId : id > firstId)) first = reader
  }
  const taken = first?.next
  if (first) first.next = (await first.found.next()).value
  return taken
}
