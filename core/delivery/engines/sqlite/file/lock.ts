import { closeSync, existsSync, openSync } from 'node:fs'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import { realPath } from './real-path.ts'

const LOOKED_AT_MS = 300
export const ONE_SERVER =
  'One server works on a file, whatever paths lead to it: stop the other one, or name another file in delivery.sqlite.file.'

/**
 * Takes `FILE.lock`, of a real path, for this process, and returns what gives it back. The lock is one of SQLite's, so the system frees
 * it when the process dies, however it dies.
 * @throws TimhookError STORE_IN_USE
 */
export function takeLock(file: string): () => void {
  const lock = `${file}.lock`
  // SQLite would make it with the rights of the umask.
  closeSync(openSync(lock, 'a', 0o600))
  const database = new Database(lock)
  try {
    // Whoever looks whether it is taken holds it for a moment.
    database.exec(`PRAGMA busy_timeout = ${LOOKED_AT_MS}`)
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

/** Whether a process has the lock, whatever path it has come by. */
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
