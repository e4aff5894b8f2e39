import type { Database } from '../../../../store/sqlite/database.ts'
import type { Ending } from '../../../delivery.ts'

/** Clears all suspects, and makes suspended ones due: only crashes in a row count, and a clean stop ends the row. */
export function clearSuspects(database: Database): void {
  const isSuspect = 'EXISTS (SELECT 1 FROM tries t WHERE t.plugin = pending.plugin AND t.seq = pending.seq AND t.n < 0)'
  database.run(`UPDATE pending SET due_at = 0 WHERE ${isSuspect}`)
  database.run('DELETE FROM tries')
}

/** Records how the run ended, if there is room. Returns whether a clean stop was recorded. */
export function mark(database: Database, ending: Ending, last: number): boolean {
  try {
    // A server that was asked to stop did not crash because of what was running.
    if (ending === 'unsettled') clearSuspects(database)
    if (ending !== 'clean') return false
    database.exec(`INSERT OR REPLACE INTO meta VALUES ('clean', 1), ('last', ${last})`)
    return true
  } catch {
    // Without the mark the next start is careful, and nothing is lost.
    return false
  }
}
