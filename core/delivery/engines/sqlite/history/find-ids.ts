import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../store/sqlite/database.ts'
import { blocksAmong, lastStored } from '../blocks/blocks.ts'
import { BLOCKS, UNDELIVERED, type Numbered, seek } from '../blocks/seek.ts'

/** An id begins with its time, see core/lib/id.ts. */
const ID = /^[0-9a-z]{22}$/
const TIME_WIDTH = 9
/** How far apart the order of ids and that of the numbers may be; the last one is for clocks that were set. */
const SLACKS_MS = [250, 10_000, Infinity]
const PIECE = 20_000

/** What is looked through, and the largest number in it. */
interface All {
  readonly table: Numbered
  readonly last: number
}

interface Found {
  readonly number: number
  readonly id: string
}

type Look = (database: Database, low: number, high: number, ids: ReadonlySet<string>) => Iterable<Found>

/** The numbers of the callbacks with these ids. There is no index of ids, for it would halve the rate of storing. */
export function findAmongCallbacks(database: Database, ids: readonly string[]): Promise<number[]> {
  const all = { table: BLOCKS, last: lastStored(database) }
  return findIds(database, all, ids, function* look(database, low, high, ids) {
    for (const { callbacks } of blocksAmong(database, low, high - 1, 'forward')) {
      for (const { seq, id } of callbacks) if (ids.has(id)) yield { number: seq, id }
    }
  })
}

/** The same of what is kept and not delivered. */
export function findAmongUndelivered(database: Database, ids: readonly string[]): Promise<number[]> {
  const all = { table: UNDELIVERED, last: database.number('SELECT max(num) FROM kept') }
  return findIds(database, all, ids, (database, low, high, ids) => {
    const select = 'SELECT num, id FROM kept WHERE num >= ? AND num < ? AND id IN (SELECT value FROM json_each(?))'
    const rows = database.all(select, low, high, JSON.stringify([...ids]))
    return rows.map(({ num, id }) => ({ number: Number(num), id: String(id) }))
  })
}

async function findIds(database: Database, all: All, ids: readonly string[], look: Look): Promise<number[]> {
  const left = new Set(ids.filter((id) => ID.test(id)))
  const found: number[] = []
  for (const slackMs of SLACKS_MS) {
    for (const [low, high] of rangesOf(database, all, [...left], slackMs)) {
      for (let from = low; from < high && left.size > 0; from += PIECE) {
        for (const { number, id } of look(database, from, Math.min(high, from + PIECE), left)) {
          // A row of several may be in two pieces.
          if (left.delete(id)) found.push(number)
        }
        await yieldToLoop()
      }
    }
  }
  return found
}

/** Ranges of numbers in which the ids should be, none twice. */
function rangesOf(
  database: Database,
  { table, last: highest }: All,
  ids: readonly string[],
  slackMs: number,
): [number, number][] {
  const ranges: [number, number][] = []
  for (const id of ids.toSorted()) {
    const at = Number.parseInt(id.slice(0, TIME_WIDTH), 36)
    const edge = (ms: number): number =>
      seek(database, table, 'id', Math.max(0, ms).toString(36).padStart(TIME_WIDTH, '0'))
    const [low, high] = slackMs === Infinity ? [0, highest + 1] : [edge(at - slackMs), edge(at + slackMs)]
    const last = ranges.at(-1)
    if (last && low <= last[1]) last[1] = Math.max(last[1], high)
    else ranges.push([low, high])
  }
  return ranges
}
