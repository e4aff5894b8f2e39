import type { Database } from '../../../../store/sqlite/database.ts'
import { addDeadLetter } from '../blocks/add-dead-letter.ts'
import type { Change } from './messages.ts'
import { unpin, pin } from '../blocks/pinned.ts'

/** Writes outcomes of callbacks. Each change is idempotent, because a failed batch is sent again. */
export function applyChanges(database: Database, changes: readonly Change[]): void {
  for (const change of changes) apply(database, change)
}

function apply(database: Database, change: Change): void {
  switch (change[0]) {
    case 'cursor': {
      database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', change[2], change[1])
      database.run('DELETE FROM done WHERE plugin = ? AND seq <= ?', change[1], change[2])
      return
    }
    case 'done': {
      database.run('INSERT OR IGNORE INTO done VALUES (?, ?)', change[1], change[2])
      return
    }
    case 'finished': {
      clearPending(database, change[1], change[2])
      unpin(database, change[2])
      return
    }
    case 'pending': {
      const [, plugin, seq, { attempt, dueAt, error, chain }] = change
      clearPending(database, plugin, seq)
      markDoneAhead(database, plugin, seq)
      pin(database, seq)
      const insert = 'INSERT INTO pending (plugin, seq, attempt, due_at, chain, error) VALUES (?, ?, ?, ?, ?, ?)'
      database.run(insert, plugin, seq, attempt, dueAt ?? null, chain ?? null, error ?? null)
      return
    }
    case 'dead': {
      const [, plugin, seq, attempts, error, at, fault = false] = change
      clearPending(database, plugin, seq)
      markDoneAhead(database, plugin, seq)
      if (database.get('SELECT 1 FROM dead_letters WHERE seq = ? AND plugin = ?', seq, plugin)) return
      pin(database, seq)
      addDeadLetter(database, { plugin, seq, at, attempts, error, fault })
      return
    }
    case 'try': {
      database.run('INSERT OR REPLACE INTO tries VALUES (?, ?, ?)', change[1], change[2], change[3])
      return
    }
    case 'resent': {
      const insert = 'INSERT INTO resends VALUES (?, 1) ON CONFLICT (seq) DO UPDATE SET times = times + 1'
      database.run(insert, change[1])
    }
  }
}

/** Marks it done ahead of the cursor. One transaction does this and the move, or a crash could leave it in both places. */
function markDoneAhead(database: Database, plugin: string, seq: number): void {
  const isAhead = 'EXISTS (SELECT 1 FROM cursors WHERE plugin = ?1 AND seq < ?2)'
  database.run(`INSERT OR IGNORE INTO done SELECT ?1, ?2 WHERE ${isAhead}`, plugin, seq)
}

function clearPending(database: Database, plugin: string, seq: number): void {
  database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, seq)
  database.run('DELETE FROM tries WHERE plugin = ? AND seq = ?', plugin, seq)
}
