import { setImmediate as yieldToLoop } from 'node:timers/promises'
import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry } from '../../../../history.ts'
import { blocksAmong, lastStored, seek } from '../../blocks/blocks.ts'
import { storedOf } from '../../blocks/pinned.ts'
import { entriesAmong, withBody } from './source.ts'

/** An id begins with its time; see core/lib/id.ts. */
const ID = /^[0-9a-z]{22}$/
const TIME_WIDTH = 9
/** How far the order of ids may differ from that of numbers. The last one covers a clock that was set. */
const SLACKS_MS = [250, 10_000, Infinity]
const PIECE = 20_000

/**
 * The entries with these ids. There is no index of ids, because it would halve the append rate: numbers are looked up by
 * the times that the ids begin with.
 */
export async function find(database: Database, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const left = new Set(ids.filter((id) => ID.test(id)))
  const found: number[] = []
  for (const slackMs of SLACKS_MS) {
    for (const [low, high] of rangesOf(database, [...left], slackMs)) {
      for (let from = low; from < high && left.size > 0; from += PIECE) {
        const [only = ''] = left.size === 1 ? left : []
        for (const { callbacks } of blocksAmong(database, from, Math.min(high, from + PIECE) - 1, 'forward', only))
          // A block may be read in two pieces.
          for (const { seq, id } of callbacks) if (left.delete(id)) found.push(seq)
        await yieldToLoop()
      }
    }
  }
  return found.flatMap((seq) =>
    database.snapshot(() => {
      const stored = storedOf(database, seq)
      if (!stored) return []
      const entry = entriesAmong(database, seq, seq)(stored)
      return bodies ? withBody(database, entry) : entry
    }),
  )
}

/** Ranges of numbers that should hold the ids, without overlaps. */
function rangesOf(database: Database, ids: readonly string[], slackMs: number): [number, number][] {
  const ranges: [number, number][] = []
  for (const id of ids.toSorted()) {
    const at = Number.parseInt(id.slice(0, TIME_WIDTH), 36)
    const edge = (ms: number): number => seek(database, 'id', Math.max(0, ms).toString(36).padStart(TIME_WIDTH, '0'))
    const [low, high] = slackMs === Infinity ? [0, lastStored(database) + 1] : [edge(at - slackMs), edge(at + slackMs)]
    const last = ranges.at(-1)
    if (last && low <= last[1]) last[1] = Math.max(last[1], high)
    else ranges.push([low, high])
  }
  return ranges
}
