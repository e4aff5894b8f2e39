import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import { checkFile, isThere, mustBeCurrent, mustBeWhole } from '../file/check-file.ts'
import { claimText, NOBODY } from '../file/claim.ts'
import { mark } from '../file/clean-mark.ts'
import { storeError } from '../file/open-file.ts'
import { lastSeq } from '../worker/begin.ts'

/**
 * Copies the file of a server that may be running, as of one moment. The server keeps working, but its log cannot
 * shrink. The copy is checked, complete and on disk before it gets its name, so a crash leaves no partial copy there.
 * @param force replaces an existing file
 * @returns the size of the copy, bytes
 * @throws TimhookError BACKUP_EXISTS, or one that begins with STORE_
 */
export function backupSqlite(file: string, to: string, force: boolean): number {
  if (!isThere(file)) throw new TimhookError('STORE_MISSING', `there is no ${file}`, { hint: 'Nothing is stored yet.' })
  checkFile(file)
  if (!force && existsSync(to)) throw exists(to)
  const making = `${to}.making-${process.pid}`
  try {
    // SQLite fills an empty file, which keeps its mode.
    closeSync(openSync(making, 'wx', 0o600))
    copy(file, making)
    finish(making)
    place(making, to, force)
    return statSync(to).size
  } catch (error) {
    throw storeError(error, to)
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${making}${end}`, { force: true })
  }
}

function copy(file: string, to: string): void {
  const database = new Database(file)
  try {
    database.exec('PRAGMA busy_timeout = 10000')
    mustBeCurrent(database, file)
    database.exec(`VACUUM INTO '${to.replaceAll("'", "''")}'`)
  } finally {
    database.close()
  }
}

/** Marks the copy as unused and cleanly closed, so that nothing in it is a suspect. */
function finish(file: string): void {
  const database = new Database(file)
  try {
    database.all('PRAGMA journal_mode = DELETE')
    database.run('UPDATE owner SET claim = ?', claimText(NOBODY))
    // They were meant for this server, not for one that is started on the copy some day.
    database.run('DELETE FROM requests')
    mark(database, 'clean', lastSeq(database))
    mustBeWhole(database, file, 'integrity_check')
  } finally {
    database.close()
  }
}

function place(making: string, to: string, force: boolean): void {
  sync(making)
  if (force) renameSync(making, to)
  else {
    try {
      // Unlike a rename, this fails if somebody else has created the file meanwhile.
      linkSync(making, to)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(to)
      throw error
    }
  }
  sync(dirname(to))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function exists(path: string): TimhookError {
  return new TimhookError('BACKUP_EXISTS', `${path} already exists, and is left as it is`, {
    hint: 'Name another file, or add --force to replace it.',
  })
}
