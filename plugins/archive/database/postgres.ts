import { Kysely, PostgresDialect, sql } from '#kysely'
import type pg from 'pg'
import { codeOf, type Engine } from './engine.ts'
import type { Tables } from './tables.ts'

/** Classes of SQLSTATE that are about a value: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DATA = /^(?:21|22|23|54)/
/** Serialization failure, deadlock. */
const CONFLICT = /^40/
/** Wrong password, no such database, no such user, no rights. */
const REFUSED = /^(?:28|3D000|42501)/
const CONNECT_MS = 5000
/** A statement that takes longer fails, because the other machine may be gone without closing the connection. */
const STATEMENT_MS = 60_000
/** For advisory locks: any number that nobody else uses. */
const SCHEMA_LOCK = 7_461_823

/** Opens an archive in PostgreSQL. Nothing is connected before the first statement. */
export async function openPostgresEngine(url: string): Promise<Engine> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    application_name: 'timhook archive',
    types: { getTypeParser: numbersOf(pg.types) },
  })
  // A connection ended while nobody used it. The next statement gets another one, or says why not.
  pool.on('error', () => undefined)
  // The pool does not listen to a connection in a transaction, and between two statements nobody else does: without a
  // listener the end of the server would end this process. The next statement fails.
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return {
    name: 'postgres',
    db: new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) }),
    pipelines: false,
    versions: [tables, groups],
    async lockSchema(work) {
      await sql`select pg_advisory_xact_lock(${sql.lit(SCHEMA_LOCK)})`.execute(work)
    },
    async lock(work) {
      await sql`select value from timhook_archive where name = 'schema' for update`.execute(work)
    },
    async tableExists(work, table) {
      const { rows } = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(work)
      return rows[0]?.found != null
    },
    hasTerms: (terms) => {
      const query = terms.map(({ term, isPrefix }) => `${term}${isPrefix ? ':*' : ''}`).join(' & ')
      return sql`to_tsvector('simple', terms) @@ to_tsquery('simple', ${query})`
    },
    failureOf(error) {
      const code = codeOf(error)
      if (CONFLICT.test(code)) return 'conflict'
      return DATA.test(code) ? 'data' : 'unavailable'
    },
    isRefused: (error) => REFUSED.test(codeOf(error)),
  }
}

/** The parsers of a client. Those of bigint return numbers, because none of ours is beyond 2^53. */
function numbersOf(types: typeof pg.types): typeof pg.types.getTypeParser {
  const parserOf = (...[oid]: Parameters<typeof types.getTypeParser>): unknown =>
    oid === types.builtins.INT8 ? Number : (types.getTypeParser(oid) as unknown)
  return parserOf as typeof types.getTypeParser
}

const tables = [
  'create table timhook_archive (name varchar(40) primary key, value varchar(200) not null)',
  `create table timhook_messages (
    id bigint generated always as identity primary key,
    message_key varchar(27) not null unique,
    conversation_key varchar(27) not null,
    app bigint not null, chat varchar(10) not null,
    group_id varchar(600), topic_id varchar(600), sender varchar(600), receiver varchar(600),
    incarnation bigint not null, seq bigint, msg_key varchar(600), random bigint,
    sent_at bigint, event_at bigint not null, received_at bigint, complete smallint not null,
    kinds varchar(600) not null, body text, text text not null, terms text not null, custom_data text, extension text,
    send_result bigint, online_only smallint not null,
    recalled_at bigint, recalled_by varchar(600), edited_at bigint, read_at bigint, read_count bigint,
    faults text, raw text, merge_state text
  )`,
  'create index timhook_messages_conversation on timhook_messages (conversation_key, event_at)',
  'create index timhook_messages_event_at on timhook_messages (event_at)',
  'create index timhook_messages_sender on timhook_messages (sender)',
  'create index timhook_messages_receiver on timhook_messages (receiver) where receiver is not null',
  'create index timhook_messages_group on timhook_messages (group_id, event_at) where group_id is not null',
  `create index timhook_messages_terms on timhook_messages using gin (to_tsvector('simple', terms))`,
  `create table timhook_incarnations (
    conversation_key varchar(27) not null, at bigint not null, primary key (conversation_key, at))`,
  `create table timhook_reads (
    conversation_key varchar(27) not null, reader varchar(27) not null, read_to bigint not null,
    primary key (conversation_key, reader, read_to))`,
]

const groups = [
  `create table timhook_groups (
    conversation_key varchar(27) not null primary key, app bigint not null, group_id varchar(600) not null,
    name varchar(600), name_at bigint not null, type varchar(600), type_at bigint not null, owner varchar(600), owner_at bigint not null,
    created_at bigint, dissolved_at bigint)`,
]
