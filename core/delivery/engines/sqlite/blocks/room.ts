import type { Database } from '../../../../store/sqlite/database.ts'
import { type Evicted, NOTHING_EVICTED, type sharesOf } from '../../../retention-shares.ts'
import { finishedBlocks } from './finished.ts'
import { IS_UNUSED, unpin } from './pinned.ts'

/** Evicts refused callbacks down to their share. The app that takes most of it loses its oldest first. */
export function trimRefused(database: Database, share: number, limit: number): number {
  let count = 0
  while (count < limit && takenBy(database, 'refused') > share && evictRefused(database) > 0) count++
  return count
}

/**
 * Evicts up to `limit` callbacks: what is over its share, and then more while room `lacks`. Oldest first, in the order:
 * refused, finished and expendable, other finished ones, dead letters of faulty bodies.
 * @param shares in bytes
 */
export function evict(
  database: Database,
  shares: ReturnType<typeof sharesOf>,
  lacks: () => boolean,
  limit: number,
): Evicted {
  const steps = [
    ['refused', () => takenBy(database, 'refused') > shares.refused, evictRefused],
    ['faults', () => takenBy(database, 'fault') > shares.faults, evictFault],
    ['refused', lacks, evictRefused],
    ['finished', lacks, (of: Database) => evictFinished(of, 1)],
    ['finished', lacks, (of: Database) => evictFinished(of, 0)],
    ['faults', lacks, evictFault],
  ] as const
  const counts = { ...NOTHING_EVICTED }
  let left = limit
  for (const [kind, isTooMuch, evictOne] of steps) {
    while (left > 0 && isTooMuch()) {
      const count = evictOne(database)
      if (count === 0) break
      counts[kind] += count
      left -= count
    }
  }
  return counts
}

/** Since when history is complete, milliseconds since 1970. Earlier callbacks may have been evicted. */
export function historySince(database: Database): number {
  const floor = database.number("SELECT value FROM meta WHERE name = 'history_since'")
  return Math.max(floor, database.number('SELECT received_at FROM blocks ORDER BY last LIMIT 1'))
}

/** Evicts the oldest one of the app that takes most. */
function evictRefused(database: Database): number {
  return database.run(
    `DELETE FROM singles WHERE seq = (SELECT seq FROM singles WHERE outcome = 'refused' AND ${IS_UNUSED}
      AND app = (SELECT app FROM shares WHERE kind = 'refused' AND bytes > 0 ORDER BY bytes DESC LIMIT 1)
      ORDER BY seq LIMIT 1)`,
  )
}

/** Evicts the oldest finished block, or the oldest recorded decision, whichever came first. */
function evictFinished(database: Database, expendable: 0 | 1): number {
  const [block] = finishedBlocks(database, 1, expendable)
  const [decided] = database.all<{ seq: number; received_at: number }>(
    `SELECT seq, received_at FROM singles WHERE expendable = ${expendable} AND outcome <> 'refused' ORDER BY seq LIMIT 1`,
  )
  if (block && (!decided || block.received_at <= decided.received_at)) {
    database.run('DELETE FROM blocks WHERE last = ?', block.last)
    moveHistoryStart(database, block.received_at)
    return block.last - block.first + 1
  }
  if (!decided) return 0
  moveHistoryStart(database, decided.received_at)
  return database.run('DELETE FROM singles WHERE seq = ?', decided.seq)
}

function evictFault(database: Database): number {
  const oldest = 'SELECT num, seq FROM dead_letters WHERE fault = 1 ORDER BY num LIMIT 1'
  return deleteDeadLetters(database, database.all(oldest))
}

/** @param to milliseconds since 1970 */
export function moveHistoryStart(database: Database, to: number): void {
  const insert = `INSERT INTO meta VALUES ('history_since', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`
  database.run(insert, to)
}

/** Returns how many. */
export function deleteDeadLetters(
  database: Database,
  letters: readonly { readonly num: number; readonly seq: number }[],
): number {
  for (const { num, seq } of letters) {
    database.run('DELETE FROM dead_letters WHERE num = ?', num)
    unpin(database, seq)
  }
  return letters.length
}

function takenBy(database: Database, kind: 'refused' | 'fault'): number {
  return database.number('SELECT sum(bytes) FROM shares WHERE kind = ?', kind)
}
