import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry } from '../../../../history.ts'
import { blocksAmong, lastStored } from '../../blocks/blocks.ts'
import { BODY_COLUMNS, type KeptRow, UNDELIVERED_COLUMNS, undeliveredEntry } from '../../blocks/entries.ts'
import { storedOf } from '../../blocks/pinned.ts'
import { BLOCKS, UNDELIVERED, type Numbered, seek } from '../../blocks/seek.ts'
import { entriesAmong, withBody } from './scan-callbacks.ts'

/** An id begins with its time; see core/lib/id.ts. */
const ID = /^[0-9a-z]{22}$/
const TIME_WIDTH = 9
/** How far the order of ids may differ from that of numbers. The last one covers a clock that was set. */
const SLACKS_MS = [250, 10_000, Infinity]
const PIECE = 20_000

/** The table to search, and its largest number. */
interface Searched {
  readonly table: Numbered
  readonly last: number
}

interface Found {
  readonly number: number
  readonly id: string
}

type Look = (database: Database, low: number, high: number, ids: ReadonlySet<string>) => Iterable<Found>

/** The entries with these ids, delivered or undelivered. */
export async function find(database: Database, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const callbacks = await findAmongCallbacks(database, ids)
  const undelivered = callbacks.length === ids.length ? [] : await findAmongUndelivered(database, ids)
  const columns = bodies ? `${UNDELIVERED_COLUMNS}, ${BODY_COLUMNS}` : UNDELIVERED_COLUMNS
  return [
    ...callbacks.flatMap((seq) =>
      database.snapshot(() => {
        const stored = storedOf(database, seq)
        if (!stored) return []
        const found = entriesAmong(database, seq, seq)(stored)
        return bodies ? withBody(database, found) : found
      }),
    ),
    ...undelivered
      .flatMap((num) => database.all<KeptRow>(`SELECT ${columns} FROM kept WHERE num = ?`, num))
      .map(undeliveredEntry),
  ]
}

/** The numbers of the callbacks with these ids. There is no index of ids, because it would halve the append rate. */
function findAmongCallbacks(database: Database, ids: readonly string[]): Promise<number[]> {
  const all = { table: BLOCKS, last: lastStored(database) }
  return findIds(database, all, ids, function* look(database, low, high, ids) {
    for (const { callbacks } of blocksAmong(database, low, high - 1, 'forward')) {
      for (const { seq, id } of callbacks) if (ids.has(id)) yield { number: seq, id }
    }
  })
}

/** The same for undelivered callbacks. */
function findAmongUndelivered(database: Database, ids: readonly string[]): Promise<number[]> {
  const all = { table: UNDELIVERED, last: database.number('SELECT max(num) FROM kept') }
  return findIds(database, all, ids, (database, low, high, ids) => {
    const select =
      'SELECT num AS number, id FROM kept WHERE num >= ? AND num < ? AND id IN (SELECT value FROM json_each(?))'
    return database.all<Found>(select, low, high, JSON.stringify([...ids]))
  })
}

async function findIds(database: Database, all: Searched, ids: readonly string[], look: Look): Promise<number[]> {
  const left = new Set(ids.filter((id) => ID.test(id)))
  const found: number[] = []
  for (const slackMs of SLACKS_MS) {
    for (const [low, high] of rangesOf(database, all, [...left], slackMs)) {
      for (let from = low; from < high && left.size > 0; from += PIECE) {
        for (const { number, id } of look(database, from, Math.min(high, from + PIECE), left)) {
          // A block may be read in two pieces.
          if (left.delete(id)) found.push(number)
        }
        await yieldToLoop()
      }
    }
  }
  return found
}

/** Ranges of numbers that should hold the ids, without overlaps. */
function rangesOf(
  database: Database,
  { table, last: highest }: Searched,
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
