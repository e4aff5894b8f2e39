import { closeSync, openSync } from 'node:fs'
import { TimhookError } from '../../errors.ts'
import { Database } from '../../store/database.ts'

/**
 * Takes `FILE.lock` for this process, and returns what gives it back. The lock is one of SQLite's, so the system frees
 * it when the process dies, however it dies.
 * @throws TimhookError STORE_IN_USE
 */
export function takeLock(file: string): () => void {
  const lock = `${file}.lock`
  // SQLite would make it with the rights of the umask.
  closeSync(openSync(lock, 'a', 0o600))
  const database = new Database(lock)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    throw new TimhookError('STORE_IN_USE', `${file} is in use by another timhook`, {
      hint: 'One server works on a file: stop the other one, or name another file in delivery.sqlite.file.',
      cause: error,
    })
  }
  return () => {
    database.exec('ROLLBACK')
    database.close()
  }
}
