import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { TimhookError } from '../../../../errors.ts'
import type { Database } from '../../../../store/sqlite/database.ts'
import { APPLICATION_ID, OLDEST_VERSION, SCHEMA_VERSION } from './schema.ts'

// https://www.sqlite.org/fileformat.html#the_database_header
const MAGIC = 'SQLite format 3\0'
const PAGE_SIZE_AT = 16
const PAGE_COUNT_AT = 28
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68
const HEADER_LENGTH = 100

/**
 * Whether the file exists, for processes other than the server. Unlike existsSync it throws if this user may not read
 * the file.
 * @throws TimhookError STORE_UNUSABLE
 */
export function isThere(file: string): boolean {
  try {
    closeSync(openSync(file, 'r+'))
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw new TimhookError('STORE_UNUSABLE', `this user may not use ${file} (${code})`, {
      hint: 'Run the command as the user who runs the server: its files are for that one alone.',
      cause: error,
    })
  }
}

/**
 * Checks the header of a database file without changing the file, which SQLite might by opening it. A missing file is
 * fine.
 * @param newest the version of the tables that is known
 * @throws TimhookError STORE_FOREIGN, STORE_NEWER or STORE_DAMAGED
 */
export function checkFile(file: string, newest = SCHEMA_VERSION): void {
  if (!existsSync(file)) return
  const header = Buffer.alloc(HEADER_LENGTH)
  const descriptor = openSync(file, 'r')
  const length = readSync(descriptor, header, 0, HEADER_LENGTH, 0)
  closeSync(descriptor)
  const isSqlite = header.toString('latin1', 0, MAGIC.length) === MAGIC
  if (length < HEADER_LENGTH || !isSqlite || header.readUInt32BE(APPLICATION_ID_AT) !== APPLICATION_ID) {
    throw foreign(file)
  }
  const version = header.readUInt32BE(USER_VERSION_AT)
  if (version > newest) throw newer(file, version, newest)
  if (version < OLDEST_VERSION) {
    throw new TimhookError('STORE_FOREIGN', `${file} is from a timhook before the first release (tables ${version})`, {
      hint: 'Name another file in delivery.sqlite.file, or move this one away.',
    })
  }
  // With a write-ahead log the file may be shorter than its header says.
  const wal = `${file}-wal`
  if (existsSync(wal) && statSync(wal).size > 0) return
  const size = header.readUInt16BE(PAGE_SIZE_AT)
  const expected = header.readUInt32BE(PAGE_COUNT_AT) * (size === 1 ? 65_536 : size)
  if (statSync(file).size < expected) throw damaged(file, 'its end is missing')
}

/**
 * Checks the version of an open file, whose log may be newer than its header.
 * @throws TimhookError STORE_NEWER
 */
export function versionOf(database: Database, file: string, newest = SCHEMA_VERSION): number {
  const version = database.number('PRAGMA user_version')
  if (version > newest) throw newer(file, version, newest)
  return version
}

/**
 * For readers next to a server, or without one. Only a server migrates the file.
 * @throws TimhookError STORE_NEWER, or STORE_UNUSABLE for an older version of the tables
 */
export function mustBeCurrent(database: Database, file: string, newest = SCHEMA_VERSION): void {
  const version = versionOf(database, file, newest)
  if (version === newest) return
  throw new TimhookError('STORE_UNUSABLE', `${file} was written by an older timhook (tables ${version})`, {
    hint: 'Start the server of this version once: it brings the file up to date.',
  })
}

function newer(file: string, version: number, newest: number): TimhookError {
  const message = `${file} was written by a newer timhook (tables ${version}, and this one knows ${newest})`
  return new TimhookError('STORE_NEWER', message, {
    hint: 'Start that version, or name another file in delivery.sqlite.file.',
  })
}

function foreign(file: string): TimhookError {
  return new TimhookError('STORE_FOREIGN', `${file} is not a database of timhook, and is left as it is`, {
    hint: 'Name another file in delivery.sqlite.file, or move this one away.',
  })
}

/** @throws TimhookError STORE_DAMAGED if SQLite finds a fault in an open file */
export function mustBeWhole(database: Database, file: string, check: 'quick_check' | 'integrity_check'): void {
  const [result] = Object.values(database.get(`PRAGMA ${check}(1)`) ?? {})
  if (result !== 'ok') throw damaged(file, String(result))
}

/** @param how SQLite's description of the damage */
export function damaged(file: string, how: string): TimhookError {
  return new TimhookError('STORE_DAMAGED', `${file} is damaged (${how}), and is left as it is`, {
    hint: 'Restore it from a copy, or move it and its -wal file away to start with an empty one.',
  })
}
