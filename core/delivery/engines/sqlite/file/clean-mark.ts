import type { Database } from '../../../../store/sqlite/database.ts'
import type { Ending } from '../../../delivery.ts'

/** Crashes count only in a row, and a stop ends the row: nothing is a suspect any more, and nothing waits for having been one. */
export function clearSuspects(database: Database): void {
  const isSuspect = 'EXISTS (SELECT 1 FROM tries t WHERE t.plugin = pending.plugin AND t.seq = pending.seq AND t.n < 0)'
  database.run(`UPDATE pending SET due_at = 0 WHERE ${isSuspect}`)
  database.run('DELETE FROM tries')
}

/** Notes how the work ended, if there is room for that; whether it is noted that all is well. */
export function mark(database: Database, ending: Ending, last: number): boolean {
  try {
    // Whoever was told to stop has not died of what was under way.
    if (ending === 'unsettled') clearSuspects(database)
    if (ending !== 'clean') return false
    database.exec(`INSERT OR REPLACE INTO meta VALUES ('clean', 1), ('last', ${last})`)
    return true
  } catch {
    // Without the mark the next start is careful, and nothing is lost.
    return false
  }
}
