import type { Database } from '../../../../store/sqlite/database.ts'
import { addDeadLetter } from '../blocks/add-dead-letter.ts'
import type { Change } from './messages.ts'
import { unpin, pin } from '../blocks/pinned.ts'

/** Writes what has become of callbacks. Writing the same once more changes nothing, for changes that failed are repeated. */
export function change(database: Database, changes: readonly Change[]): void {
  for (const one of changes) apply(database, one)
}

function apply(database: Database, one: Change): void {
  switch (one[0]) {
    case 'cursor': {
      database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', one[2], one[1])
      database.run('DELETE FROM done WHERE plugin = ? AND seq <= ?', one[1], one[2])
      return
    }
    case 'done': {
      database.run('INSERT OR IGNORE INTO done VALUES (?, ?)', one[1], one[2])
      return
    }
    case 'finished': {
      unsettle(database, one[1], one[2])
      unpin(database, one[2])
      return
    }
    case 'pending': {
      const [, plugin, seq, { attempt, dueAt, error, chain }] = one
      unsettle(database, plugin, seq)
      takeOut(database, plugin, seq)
      pin(database, seq)
      const insert = 'INSERT INTO pending (plugin, seq, attempt, due_at, chain, error) VALUES (?, ?, ?, ?, ?, ?)'
      database.run(insert, plugin, seq, attempt, dueAt ?? null, chain ?? null, error ?? null)
      return
    }
    case 'dead': {
      const [, plugin, seq, attempts, error, at, fault = false] = one
      unsettle(database, plugin, seq)
      takeOut(database, plugin, seq)
      if (database.get('SELECT 1 FROM dead_letters WHERE seq = ? AND plugin = ?', seq, plugin)) return
      pin(database, seq)
      addDeadLetter(database, { plugin, seq, at, attempts, error, fault })
      return
    }
    case 'try': {
      database.run('INSERT OR REPLACE INTO tries VALUES (?, ?, ?)', one[1], one[2], one[3])
      return
    }
    case 'resent': {
      const insert = 'INSERT INTO resends VALUES (?, 1) ON CONFLICT (seq) DO UPDATE SET times = times + 1'
      database.run(insert, one[1])
    }
  }
}

/** From now on it is elsewhere than behind the cursor: in the same step, for a crash between two would have it in both. */
function takeOut(database: Database, plugin: string, seq: number): void {
  const isAhead = 'EXISTS (SELECT 1 FROM cursors WHERE plugin = ?1 AND seq < ?2)'
  database.run(`INSERT OR IGNORE INTO done SELECT ?1, ?2 WHERE ${isAhead}`, plugin, seq)
}

function unsettle(database: Database, plugin: string, seq: number): void {
  database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, seq)
  database.run('DELETE FROM tries WHERE plugin = ? AND seq = ?', plugin, seq)
}
