import type { Database } from '../../store/database.ts'
import type { Ending } from '../delivery.ts'

/** Notes how the work ended, if there is room for that; whether it is noted that all is well. */
export function mark(database: Database, ending: Ending, last: number): boolean {
  try {
    // Whoever was told to stop has not died of what was under way.
    if (ending === 'unsettled') database.run('DELETE FROM tries')
    if (ending !== 'clean') return false
    database.exec(`INSERT OR REPLACE INTO meta VALUES ('clean', 1), ('last', ${last})`)
    return true
  } catch {
    // Without the mark the next start is careful, and nothing is lost.
    return false
  }
}
