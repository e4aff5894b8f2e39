import { createRequire } from 'node:module'
import { TimhookError } from '../../errors.ts'

/** A value of a column. */
export type Value = string | number | null | Uint8Array
export type Row = Record<string, Value>

/** The part of a statement that both drivers have in common. */
export interface Statement {
  run(values: readonly Value[]): number
  get(values: readonly Value[]): Row | undefined
  all(values: readonly Value[]): Row[]
}

/** One connection, and the errors that it throws: `code` is SQLite's own name, such as SQLITE_FULL. */
export interface Driver {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

interface NodeStatement {
  run(...values: readonly Value[]): { changes: number }
  get(...values: readonly Value[]): Row | undefined
  all(...values: readonly Value[]): Row[]
}
type NodeSqlite = {
  DatabaseSync: new (file: string) => { exec(sql: string): void; prepare(sql: string): NodeStatement; close(): void }
}

interface LibsqlStatement {
  run(values: readonly Value[]): { changes: number }
  get(values: readonly Value[]): Row | undefined
  all(values: readonly Value[]): Row[]
}
type Libsql = new (file: string) => { exec(sql: string): void; prepare(sql: string): LibsqlStatement; close(): void }

const require = createRequire(import.meta.url)
/** SQLite's numbers of the errors that timhook handles: https://www.sqlite.org/rescode.html */
const CODES = new Map([
  [5, 'SQLITE_BUSY'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [26, 'SQLITE_NOTADB'],
])

/**
 * Opens a file with Node's own SQLite if it has one (22.13 and later: half the processor time of a call), else with
 * libsql, which is an optional dependency.
 * @throws TimhookError STORE_UNUSABLE if there is neither
 */
export function openDriver(file: string): Driver {
  sqlite ??= loadNodeSqlite() ?? 'none'
  return sqlite === 'none' ? libsqlDriver(file) : nodeDriver(sqlite, file)
}

let sqlite: NodeSqlite | 'none' | undefined

function loadNodeSqlite(): NodeSqlite | undefined {
  // Node 22 warns in every process and thread that its SQLite is experimental.
  const warnings = process.emitWarning.bind(process)
  process.emitWarning = (): void => undefined
  try {
    return require('node:sqlite') as NodeSqlite
  } catch {
    return undefined
  } finally {
    process.emitWarning = warnings
  }
}

function nodeDriver({ DatabaseSync }: NodeSqlite, file: string): Driver {
  const database = named(() => new DatabaseSync(file))
  return {
    exec: (sql) => named(() => database.exec(sql)),
    prepare(sql) {
      const statement = named(() => database.prepare(sql))
      return {
        run: (values) => named(() => statement.run(...values).changes),
        get: (values) => named(() => statement.get(...values)),
        all: (values) => named(() => statement.all(...values)),
      }
    },
    close: () => database.close(),
  }
}

/** Gives Node's errors the name that SQLite has for them. Node's own code is always ERR_SQLITE_ERROR. */
function named<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    // The low byte is the kind of error; the rest is detail.
    const name = CODES.get(((error as { errcode?: number }).errcode ?? 0) & 0xff)
    if (name !== undefined && error instanceof Error) Object.assign(error, { code: name })
    throw error
  }
}

function libsqlDriver(file: string): Driver {
  const database = new (libsql())(file)
  return {
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        run: (values) => statement.run(values).changes,
        get: (values) => statement.get(values),
        all: (values) => statement.all(values),
      }
    },
    close: () => database.close(),
  }
}

function libsql(): Libsql {
  try {
    return require('libsql') as Libsql
  } catch (error) {
    throw new TimhookError(
      'STORE_UNUSABLE',
      `Node ${process.versions.node} has no built-in SQLite, and libsql is not installed`,
      {
        hint: 'Use Node 22.13 or later, or install the package libsql (npm leaves it out with --omit=optional).',
        cause: error,
      },
    )
  }
}
