import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import { checkFile, damaged, mustBeWhole, versionOf } from './check-file.ts'
import { takeLock } from './lock.ts'
import { claimFile, type Owner } from './owner.ts'
import { realPath } from './real-path.ts'
import { freeReserve } from './disk-reserve.ts'
import { APPLICATION_ID, MIGRATIONS, OLDEST_VERSION, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/** Files up to this many bytes are checked as a whole on opening, which takes some 0.1 s. */
const CHECKED_WHOLE = 32 * 1024 * 1024
/** A block takes several pages, and each is two writes to the log. With 4 kB pages, 16 kB bodies took an eighth longer. */
const PAGE_BYTES = 8192
const WAL_KEPT = 64 * 1024 * 1024
/** Pages of the log after which a commit does the checkpoint itself, if checkpoints.ts has not yet. */
const WAL_LONG = 2000

/** A database that only this process writes to. */
export interface OpenFile extends Pick<Owner, 'sharesLog'> {
  readonly database: Database
  /** A descriptor of the file, for reads that bypass SQLite. */
  readonly descriptor: number
  /** @throws TimhookError STORE_IN_USE or STORE_LOST if the file is no longer this server's. It is abandoned from then on */
  mustBeOurs(): void
  /** Stops all checkpoints from now on. */
  abandon(): void
  isAbandoned(): boolean
  /** Moves the write-ahead log into the file, and frees the lock. Leaves an abandoned file as it is. */
  close(): void
}

/**
 * Opens the database of a server. Creates a missing one, with mode 0700 for folders and 0600 for files.
 * Brings one of an older version up to date.
 * @param path may contain symbolic links
 * @throws TimhookError STORE_IN_USE, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
 */
export function openFile(path: string, migrations = MIGRATIONS): OpenFile {
  const file = realPath(path)
  const undo: (() => void)[] = []
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    undo.push(takeLock(file))
    freeReserve(file)
    checkFile(file, OLDEST_VERSION + migrations.length)
    if (!existsSync(file)) {
      setLogAside(file)
      create(file)
    }
    const descriptor = openSync(file, 'r')
    undo.push(() => closeSync(descriptor))
    const database = open(file)
    undo.push(() => database.close())
    const owner = claimFile(database, file, descriptor)
    migrate(database, file, migrations)
    let isAbandoned = false
    const abandon = (): void => {
      isAbandoned = true
      database.all('PRAGMA wal_autocheckpoint = 0')
    }
    return {
      database,
      descriptor,
      mustBeOurs() {
        try {
          owner.mustBeOurs()
        } catch (error) {
          abandon()
          throw error
        }
      },
      abandon,
      isAbandoned: () => isAbandoned,
      sharesLog: () => owner.sharesLog(),
      close() {
        if (isAbandoned) return
        try {
          owner.release()
          database.all('PRAGMA wal_checkpoint(TRUNCATE)')
        } catch {
          // The log is just as safe, and the next start reads it.
        }
        unwind(undo)
      },
    }
  } catch (error) {
    unwind(undo)
    throw storeError(error, file)
  }
}

function unwind(undo: (() => void)[]): void {
  for (const step of undo.toReversed()) step()
}

/** Renames a log whose file is gone. SQLite would write it over the new file. */
function setLogAside(file: string): void {
  rmSync(`${file}-shm`, { force: true })
  const log = `${file}-wal`
  if (existsSync(log)) renameSync(log, `${log}.without-file-${Date.now()}`)
}

/** Creates the file under another name and moves it into place. A crash would leave half a database, which looks foreign. */
function create(file: string): void {
  const making = `${file}.new`
  for (const old of [making, `${making}-journal`]) rmSync(old, { force: true })
  closeSync(openSync(making, 'wx', 0o600))
  const database = new Database(making)
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
  database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  database.exec(`BEGIN; ${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`)
  database.exec('COMMIT')
  database.close()
  renameSync(making, file)
}

/** Each step with the number that it leads to, so that a crash between two goes on with the next. */
function migrate(database: Database, file: string, migrations: readonly string[]): void {
  for (let version = versionOf(database, file, OLDEST_VERSION + migrations.length); ; version++) {
    const migration = migrations[version - OLDEST_VERSION]
    if (migration === undefined) return
    database.transaction(() => database.exec(`${migration}; PRAGMA user_version = ${version + 1}`))
  }
}

function open(file: string): Database {
  const database = new Database(file)
  database.exec('PRAGMA busy_timeout = 2000')
  if (statSync(file).size <= CHECKED_WHOLE) mustBeWhole(database, file, 'quick_check')
  database.all('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  // When rows move to other pages, no copy stays behind that `timhook erase` would miss. It costs no extra page.
  database.all('PRAGMA secure_delete = FAST')
  database.exec(`PRAGMA journal_size_limit = ${WAL_KEPT}`)
  database.all(`PRAGMA wal_autocheckpoint = ${WAL_LONG}`)
  // SQLite gives the log and its index the mode of the file.
  chmodSync(file, 0o600)
  database.get('SELECT count(*) FROM cursors')
  return database
}

/** Turns an error of SQLite into a TimhookError. */
export function storeError(error: unknown, file: string): unknown {
  if (error instanceof TimhookError) return error
  const { code, message } = error as { code?: unknown; message: string }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return damaged(file, message)
  return new TimhookError('STORE_UNUSABLE', `cannot use ${file}: ${message}`, {
    hint: 'timhook must be able to write to its folder (delivery.sqlite.file).',
    cause: error,
  })
}
