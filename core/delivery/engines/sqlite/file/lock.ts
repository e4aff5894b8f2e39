import { closeSync, existsSync, openSync } from 'node:fs'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import { realPath } from './real-path.ts'

const BUSY_TIMEOUT_MS = 300
export const ONE_SERVER =
  'One server works on a file, whatever paths lead to it: stop the other one, or name another file in delivery.sqlite.file.'

/**
 * Locks `FILE.lock` for this process, and returns a function that unlocks it. The lock is one of SQLite's, so the system
 * frees it however the process dies.
 * @param file a real path
 * @throws TimhookError STORE_IN_USE
 */
export function takeLock(file: string): () => void {
  const lock = `${file}.lock`
  // SQLite would create it with the mode of the umask.
  closeSync(openSync(lock, 'a', 0o600))
  const database = new Database(lock)
  try {
    // A process that checks the lock holds it for a moment.
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    throw new TimhookError('STORE_IN_USE', `${file} is in use by another timhook`, {
      hint: ONE_SERVER,
      cause: error,
    })
  }
  return () => {
    database.exec('ROLLBACK')
    database.close()
  }
}

/** Whether a process has the lock, by whatever path it opened the file. */
export function isLocked(file: string): boolean {
  const lock = `${realPath(file)}.lock`
  if (!existsSync(lock)) return false
  const database = new Database(lock)
  try {
    database.get('SELECT count(*) FROM sqlite_master')
    return false
  } catch (error) {
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return true
    throw error
  } finally {
    database.close()
  }
}
