import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TimhookError } from '../../../../errors.ts'
import { Database } from '../../../../store/sqlite/database.ts'
import { checkFile, damaged } from './check-file.ts'
import { takeLock } from './lock.ts'
import { claimFile } from './owner.ts'
import { realPath } from './real-path.ts'
import { freeReserve } from './disk-reserve.ts'
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION } from './schema.ts'

/** Files up to this many bytes are checked as a whole when they are opened: some 0.1 s. */
const CHECKED_WHOLE = 32 * 1024 * 1024
/** A block is some pages, and each is two writes to the log: with 4 kB, 16 kB bodies took an eighth longer. */
const PAGE_BYTES = 8192
const WAL_KEPT = 64 * 1024 * 1024
/** Pages of the log after which a commit moves them itself, where nobody else has come to it, see checkpoints.ts. */
const WAL_LONG = 2000

/** A database that this process alone writes to. */
export interface OpenFile {
  readonly database: Database
  /** Of the file itself, for those who look at it past SQLite. */
  readonly descriptor: number
  /** @throws TimhookError STORE_IN_USE or STORE_LOST, where the file is no longer this server's: from then on it is abandoned */
  mustBeOurs(): void
  /** From now on nothing is moved from the log to the file. */
  abandon(): void
  isAbandoned(): boolean
  /** Whether whoever has the file now reads the log that this server writes: then nothing of it is lost. */
  sharesLog(): boolean
  /** Moves what is in the write-ahead log to the file, and frees the lock. What is abandoned stays as it is. */
  close(): void
}

/**
 * Opens the database of a server, and makes it where there is none: folders with mode 0700, files with 0600.
 * @param path which may lead over symbolic links
 * @throws TimhookError STORE_IN_USE, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
 */
export function openFile(path: string): OpenFile {
  const file = realPath(path)
  const undo: (() => void)[] = []
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    undo.push(takeLock(file))
    freeReserve(file)
    checkFile(file)
    if (!existsSync(file)) {
      setLogAside(file)
      create(file)
    }
    const descriptor = openSync(file, 'r')
    undo.push(() => closeSync(descriptor))
    const database = open(file)
    undo.push(() => database.close())
    const owner = claimFile(database, file, descriptor)
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
          // What is in the log is as safe there, and is read from there at the next start.
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

/** A log whose file is gone would be taken for one of the new file, and be written over it. */
function setLogAside(file: string): void {
  rmSync(`${file}-shm`, { force: true })
  const log = `${file}-wal`
  if (existsSync(log)) renameSync(log, `${log}.without-file-${Date.now()}`)
}

/** Made aside and moved into place, so that no crash leaves half a database that would then look like a foreign file. */
function create(file: string): void {
  const making = `${file}.new`
  for (const old of [making, `${making}-history`]) rmSync(old, { force: true })
  closeSync(openSync(making, 'wx', 0o600))
  const database = new Database(making)
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}`)
  database.exec('PRAGMA auto_vacuum = INCREMENTAL')
  database.exec(`BEGIN; ${SCHEMA}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`)
  database.exec('COMMIT')
  database.close()
  renameSync(making, file)
}

function open(file: string): Database {
  const database = new Database(file)
  database.exec('PRAGMA busy_timeout = 2000')
  if (statSync(file).size <= CHECKED_WHOLE) {
    const said = Object.values(database.get('PRAGMA quick_check(1)') ?? {})[0]
    if (said !== 'ok') throw damaged(file, String(said))
  }
  database.all('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec(`PRAGMA journal_size_limit = ${WAL_KEPT}`)
  database.all(`PRAGMA wal_autocheckpoint = ${WAL_LONG}`)
  // SQLite gives the log and its index the mode of the file.
  chmodSync(file, 0o600)
  database.get('SELECT count(*) FROM cursors')
  return database
}

/** What SQLite says of a file, as an error with a code. */
export function storeError(error: unknown, file: string): unknown {
  if (error instanceof TimhookError) return error
  const { code, message } = error as { code?: unknown; message: string }
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') return damaged(file, message)
  return new TimhookError('STORE_UNUSABLE', `cannot use ${file}: ${message}`, {
    hint: 'timhook must be able to write to its folder (delivery.sqlite.file).',
    cause: error,
  })
}
