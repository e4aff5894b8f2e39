import type { Database } from '../../../../store/sqlite/database.ts'
import type { Change, NextAttempt } from '../../../callback-log.ts'
import { addDeadLetter } from '../blocks/add-dead-letter.ts'
import { markDoneAhead, markRange } from '../blocks/done.ts'
import { pin, unpin } from '../blocks/pinned.ts'
import type { Arg } from './messages.ts'

/** Writes the outcomes of callbacks. Each change is idempotent, because a failed batch is sent again. */
export function settle(database: Database, settlements: Arg<'settle'>): void {
  for (const { plugin, changes } of settlements) for (const change of changes) apply(database, plugin, change)
}

/** Counts a resend of a stored callback. */
export function countResend(database: Database, seq: number): void {
  database.run('INSERT INTO resends VALUES (?, 1) ON CONFLICT (seq) DO UPDATE SET times = times + 1', seq)
}

function apply(database: Database, plugin: string, change: Change): void {
  const [kind, seq] = change
  switch (kind) {
    case 'cursor':
      database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', seq, plugin)
      database.run('DELETE FROM done WHERE plugin = ? AND last <= ?', plugin, seq)
      return
    case 'done':
      markRange(database, plugin, { first: seq, last: change[2] })
      return
    case 'finished':
      leave(database, plugin, seq)
      unpin(database, seq)
      return
    case 'pending':
      leave(database, plugin, seq)
      pin(database, seq)
      insertNext(database, 'pending', plugin, seq, change[2])
      return
    case 'held':
      clear(database, plugin, seq)
      insertNext(database, 'held', plugin, seq, change[2])
      return
    case 'dead':
      leave(database, plugin, seq)
      if (database.get('SELECT 1 FROM dead_letters WHERE seq = ? AND plugin = ?', seq, plugin)) return
      pin(database, seq)
      addDeadLetter(database, plugin, seq, change[2])
      return
    case 'try':
      database.run('INSERT OR REPLACE INTO tries VALUES (?, ?, ?)', plugin, seq, change[2])
  }
}

/** Removes a callback from where it is. The same transaction puts it elsewhere, so after a crash it is in one place. */
export function leave(database: Database, plugin: string, seq: number): void {
  clear(database, plugin, seq)
  markDoneAhead(database, plugin, seq)
}

function clear(database: Database, plugin: string, seq: number): void {
  for (const table of ['pending', 'held', 'tries'])
    database.run(`DELETE FROM ${table} WHERE plugin = ? AND seq = ?`, plugin, seq)
}

function insertNext(
  database: Database,
  table: 'pending' | 'held',
  plugin: string,
  seq: number,
  { attempt, dueAt, deferredSince, error }: NextAttempt,
): void {
  const insert = `INSERT INTO ${table} (plugin, seq, attempt, due_at, deferred_since, error) VALUES (?, ?, ?, ?, ?, ?)`
  database.run(insert, plugin, seq, attempt, dueAt, deferredSince ?? null, error ?? null)
}
