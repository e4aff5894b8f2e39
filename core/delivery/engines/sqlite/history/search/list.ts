import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry, Filter, Page } from '../../../../history.ts'
import type { Direction } from '../../blocks/blocks.ts'
import { numberOf } from '../../blocks/entries.ts'
import { pageOfIds } from '../../../../filter.ts'
import { callbackSource } from './scan-callbacks.ts'
import { undeliveredSource } from './scan-undelivered.ts'
import { find } from './find.ts'
import { scan, type Scanned, type Source } from './scan.ts'

/** The position of a list: the last number read of each table. */
export type Place = readonly [callbacks: number, kept: number]

const STARTS: Record<Direction, Place> = {
  forward: [0, 0],
  backward: [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

/** Lists one page of delivered and undelivered callbacks, by time of receipt. */
export async function list(
  database: Database,
  filter: Filter,
  direction: Direction,
  place: string | undefined,
): Promise<Page> {
  const { limit = 100 } = filter
  const from = place === undefined ? STARTS[direction] : parsePlace(place)
  const look = async (source: Source | undefined, after: number): Promise<Scanned> =>
    source ? scan(database, source, filter, after, direction) : { found: [], reached: after, end: true }
  const { ids } = filter
  const lookUp = (wanted: readonly string[], bodies: boolean): Promise<Entry[]> => find(database, wanted, bodies)
  if (ids) return pageOfIds(lookUp, { ...filter, ids }, direction === 'forward')
  const all = [await look(callbackSource(filter), from[0]), await look(undeliveredSource(filter), from[1])] as const
  const taken = [0, 0] as [number, number]
  const entries: Entry[] = []
  while (entries.length < limit) {
    const delivered = all[0].found[taken[0]]
    const undelivered = all[1].found[taken[1]]
    const which = isBefore(delivered, undelivered, direction) ? 0 : 1
    const next = which === 0 ? delivered : undelivered
    if (!next) break
    // The other table may have something in between. With nothing taken yet, what it has found comes first anyway.
    const other = all[1 - which]
    const isBlocked = isBeyond(next.receivedAt, other?.horizon, direction)
    if (isBlocked && (entries.length > 0 || other?.found.length === 0)) break
    entries.push(next)
    taken[which]++
  }
  const reached = ([0, 1] as const).map((which) => {
    const { found, reached } = all[which]
    const last = found[taken[which] - 1]
    return taken[which] === found.length ? reached : last ? numberOf(last) : from[which]
  }) as [number, number]
  const isAll = taken[0] === all[0].found.length && taken[1] === all[1].found.length
  const end = isAll && all[0].end && all[1].end
  const searchedTo = horizonOf(all, direction) ?? entries.at(-1)?.receivedAt
  return { entries, place: placeText(reached), end, ...(!end && searchedTo !== undefined && { searchedTo }) }
}

/** How far both tables were scanned, if a slice ended early. */
function horizonOf(all: readonly Scanned[], direction: Direction): number | undefined {
  const horizons = all.flatMap(({ horizon }) => horizon ?? [])
  if (horizons.length === 0) return undefined
  return direction === 'forward' ? Math.min(...horizons) : Math.max(...horizons)
}

function isBeyond(at: number, horizon: number | undefined, direction: Direction): boolean {
  if (horizon === undefined) return false
  return direction === 'forward' ? at > horizon : at < horizon
}

export function placeText([callbacks, kept]: Place): string {
  return `${callbacks}-${kept}`
}

function parsePlace(place: string): Place {
  const [callbacks = 0, kept = 0] = place.split('-').map(Number)
  return [callbacks, kept]
}

function isBefore(left: Entry | undefined, right: Entry | undefined, direction: Direction): boolean {
  if (!left || !right) return left !== undefined
  // Within a millisecond ids give the order, if one process made them.
  const isOlder = left.receivedAt === right.receivedAt ? left.id < right.id : left.receivedAt < right.receivedAt
  return isOlder === (direction === 'forward')
}
