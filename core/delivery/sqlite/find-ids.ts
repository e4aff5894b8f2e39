import { setImmediate as turn } from 'node:timers/promises'
import type { Database } from '../../store/database.ts'
import { type Numbered, seek } from './seek.ts'

/** An id begins with its time, see core/id.ts. */
const ID = /^[0-9a-z]{22}$/
const TIME_WIDTH = 9
/** How far apart the order of ids and that of the numbers may be; the last one is for clocks that were set. */
const SLACKS_MS = [250, 10_000, Infinity]
const PIECE = 20_000

/** The numbers of the callbacks with these ids. There is no index of ids, for it would halve the rate of storing. */
export async function findIds(database: Database, table: Numbered, ids: readonly string[]): Promise<number[]> {
  const left = new Set(ids.filter((id) => ID.test(id)))
  const found: number[] = []
  for (const slackMs of SLACKS_MS) {
    for (const [low, high] of rangesOf(database, table, [...left], slackMs)) {
      for (let from = low; from < high && left.size > 0; from += PIECE) {
        for (const { number, id } of among(database, table, from, Math.min(high, from + PIECE), left)) {
          found.push(number)
          left.delete(id)
        }
        await turn()
      }
    }
  }
  return found
}

function among(
  database: Database,
  { name, key }: Numbered,
  low: number,
  high: number,
  ids: ReadonlySet<string>,
): { number: number; id: string }[] {
  const select = `SELECT ${key} AS number, id FROM ${name}
    WHERE ${key} >= ? AND ${key} < ? AND id IN (SELECT value FROM json_each(?))`
  const rows = database.all(select, low, high, JSON.stringify([...ids]))
  return rows.map(({ number, id }) => ({ number: Number(number), id: String(id) }))
}

/** Ranges of numbers in which the ids should be, none twice. */
function rangesOf(database: Database, table: Numbered, ids: readonly string[], slackMs: number): [number, number][] {
  const ranges: [number, number][] = []
  for (const id of ids.toSorted()) {
    const at = Number.parseInt(id.slice(0, TIME_WIDTH), 36)
    const edge = (ms: number): number =>
      seek(database, table, 'id', Math.max(0, ms).toString(36).padStart(TIME_WIDTH, '0'))
    const [low, high] =
      slackMs === Infinity ? [0, seek(database, table, 'id', '~')] : [edge(at - slackMs), edge(at + slackMs)]
    const last = ranges.at(-1)
    if (last && low <= last[1]) last[1] = Math.max(last[1], high)
    else ranges.push([low, high])
  }
  return ranges
}
