import type { Database } from '../../../../store/sqlite/database.ts'
import type { Entry, Filter, Page } from '../../../history.ts'
import type { Direction } from '../blocks/blocks.ts'
import { callbackSource } from './scan-callbacks.ts'
import { undeliveredSource } from './scan-undelivered.ts'
import { scan, type Scanned, type Source } from './scan.ts'

/** Where a list stands: the last number of the one table, and of the other. */
export type Place = readonly [callbacks: number, kept: number]

const STARTS: Record<Direction, Place> = {
  forward: [0, 0],
  backward: [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
}

/** One page of what was delivered and what was kept, by time of receipt. */
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
  const all = [await look(callbackSource(filter), from[0]), await look(undeliveredSource(filter), from[1])] as const
  const taken = [0, 0] as [number, number]
  const entries: Entry[] = []
  while (entries.length < limit) {
    const one = all[0].found[taken[0]]
    const other = all[1].found[taken[1]]
    const which = isBefore(one?.entry, other?.entry, direction) ? 0 : 1
    const next = which === 0 ? one : other
    if (!next) break
    entries.push(next.entry)
    taken[which]++
  }
  const reached = ([0, 1] as const).map((which) => {
    const { found, reached } = all[which]
    return taken[which] === found.length ? reached : (found[taken[which] - 1]?.number ?? from[which])
  }) as [number, number]
  const isAll = taken[0] === all[0].found.length && taken[1] === all[1].found.length
  return { entries, place: placeText(reached), end: isAll && all[0].end && all[1].end }
}

export function placeText([callbacks, kept]: Place): string {
  return `${callbacks}-${kept}`
}

function parsePlace(place: string): Place {
  const [callbacks = 0, kept = 0] = place.split('-').map(Number)
  return [callbacks, kept]
}

function isBefore(one: Entry | undefined, other: Entry | undefined, direction: Direction): boolean {
  if (!one || !other) return one !== undefined
  // Within a millisecond ids tell the order, as long as one process gave them.
  const isOlder = one.receivedAt === other.receivedAt ? one.id < other.id : one.receivedAt < other.receivedAt
  return isOlder === (direction === 'forward')
}
