import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  sql,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from '#kysely'
import { openSqlite, type SqliteHandle, type SqliteValue } from 'timhook/plugin'
import { codeOf, type Engine } from './engine.ts'
import type { Tables } from './tables.ts'

/** SQLite refuses values that are longer than a billion bytes or have the wrong type. */
const DATA = new Set(['SQLITE_TOOBIG', 'SQLITE_MISMATCH', 'SQLITE_CONSTRAINT'])

/** Opens an archive in a file. */
export async function openSqliteEngine(file: string): Promise<Engine> {
  const handle = await openSqlite(file)
  // In pages of 4 kB. Batches change many pages of the indexes, the same ones again and again: copying them into the file
  // after each 4 MB, as by default, takes 7 % more processor time.
  await handle.exec('PRAGMA wal_autocheckpoint = 8000')
  const db = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new HandleDriver(handle),
      createIntrospector: (own) => new SqliteIntrospector(own),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return {
    name: 'sqlite',
    db,
    pipelines: true,
    versions: [tables, groups],
    // A transaction begins IMMEDIATE: it is the lock.
    lockSchema: async () => undefined,
    lock: async () => undefined,
    async tableExists(work, table) {
      const { rows } = await sql`select 1 from sqlite_master where name = ${table}`.execute(work)
      return rows.length > 0
    },
    hasTerms: (terms) => {
      const match = terms.map(({ term, isPrefix }) => `${term}${isPrefix ? '*' : ''}`).join(' AND ')
      return sql`id in (select rowid from timhook_terms where timhook_terms match ${match})`
    },
    failureOf: (error) => (DATA.has(codeOf(error)) ? 'data' : 'unavailable'),
    isRefused: (error) => ['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'STORE_UNUSABLE'].includes(codeOf(error)),
  }
}

/** One connection, with one user at a time. */
class HandleDriver implements Driver {
  readonly #handle: SqliteHandle
  readonly #connection: DatabaseConnection
  /** The BEGIN of the transaction, which statements that read do not wait for before they are sent. */
  #begun: Promise<void> = Promise.resolve()
  #free: Promise<void> = Promise.resolve()
  #release: () => void = () => undefined

  constructor(handle: SqliteHandle) {
    this.#handle = handle
    this.#connection = {
      executeQuery: (query) => this.#execute(query),
      streamQuery() {
        throw new Error('rows are read in pages')
      },
    }
  }

  async init(): Promise<void> {
    // It is open.
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#free
    const { promise, release } = latch()
    this.#free = before.then(() => promise)
    await before
    this.#release = release
    return this.#connection
  }

  async beginTransaction(): Promise<void> {
    this.#begun = this.#handle.exec('BEGIN IMMEDIATE')
    // A failure is reported by the next statement.
    this.#begun.catch(() => undefined)
  }

  async commitTransaction(): Promise<void> {
    await this.#begun
    await this.#handle.exec('COMMIT')
  }

  async rollbackTransaction(): Promise<void> {
    await this.#begun.catch(() => undefined)
    // SQLite rolls back by itself when the disk is full.
    await this.#handle.exec('ROLLBACK').catch(() => undefined)
  }

  async #execute<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const values = query.parameters as readonly SqliteValue[]
    if (isReading(query.sql)) {
      const [rows] = await Promise.all([this.#handle.all(query.sql, values), this.#begun])
      return { rows: rows as R[] }
    }
    await this.#begun
    return { rows: [], numAffectedRows: BigInt(await this.#handle.run(query.sql, values)) }
  }

  async releaseConnection(): Promise<void> {
    this.#begun = Promise.resolve()
    this.#release()
  }

  destroy(): Promise<void> {
    return this.#handle.close()
  }
}

function latch(): { promise: Promise<void>; release: () => void } {
  let release: () => void = () => undefined
  const promise = new Promise<void>((resolve) => (release = resolve))
  return { promise, release }
}

function isReading(text: string): boolean {
  return /^\s*(?:select|with|pragma)\b/i.test(text)
}

const tables = [
  'create table timhook_archive (name text primary key, value text not null)',
  `create table timhook_messages (
    id integer primary key autoincrement,
    message_key text not null unique,
    conversation_key text not null,
    app integer not null, chat text not null, group_id text, topic_id text, sender text, receiver text,
    incarnation integer not null, seq integer, msg_key text, random integer,
    sent_at integer, event_at integer not null, received_at integer, complete integer not null,
    kinds text not null, body text, text text not null, terms text not null, custom_data text, extension text,
    send_result integer, online_only integer not null,
    recalled_at integer, recalled_by text, edited_at integer, read_at integer, read_count integer,
    faults text, raw text, merge_state text
  )`,
  'create index timhook_messages_conversation on timhook_messages (conversation_key, event_at)',
  'create index timhook_messages_event_at on timhook_messages (event_at)',
  'create index timhook_messages_sender on timhook_messages (sender)',
  'create index timhook_messages_receiver on timhook_messages (receiver) where receiver is not null',
  'create index timhook_messages_group on timhook_messages (group_id, event_at) where group_id is not null',
  `create table timhook_incarnations (
    conversation_key text not null, at integer not null, primary key (conversation_key, at)) without rowid`,
  `create table timhook_reads (
    conversation_key text not null, reader text not null, read_to integer not null,
    primary key (conversation_key, reader, read_to)) without rowid`,
  // The tokenizer "ascii" keeps terms as they are: letters and digits. Nobody needs the position of a term in a message.
  `create virtual table timhook_terms using fts5(
    terms, content='timhook_messages', content_rowid='id', tokenize='ascii', detail=none, columnsize=0)`,
  // Erased text must not stay in the index.
  `insert into timhook_terms(timhook_terms, rank) values ('secure-delete', 1)`,
  `create trigger timhook_messages_insert after insert on timhook_messages when new.terms <> '' begin
    insert into timhook_terms(rowid, terms) values (new.id, new.terms);
  end`,
  `create trigger timhook_messages_delete after delete on timhook_messages when old.terms <> '' begin
    insert into timhook_terms(timhook_terms, rowid, terms) values ('delete', old.id, old.terms);
  end`,
  `create trigger timhook_messages_update after update of terms on timhook_messages when old.terms <> new.terms begin
    insert into timhook_terms(timhook_terms, rowid, terms) select 'delete', old.id, old.terms where old.terms <> '';
    insert into timhook_terms(rowid, terms) select new.id, new.terms where new.terms <> '';
  end`,
]

const groups = [
  `create table timhook_groups (
    conversation_key text not null primary key, app integer not null, group_id text not null,
    name text, name_at integer not null, type text, type_at integer not null, owner text, owner_at integer not null,
    created_at integer, dissolved_at integer) without rowid`,
]
