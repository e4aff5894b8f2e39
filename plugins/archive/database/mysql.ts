import { Kysely, MysqlDialect, sql } from '#kysely'
import { codeOf, type Engine } from './engine.ts'
import type { Tables } from './tables.ts'

/** Errors about a value. */
const DATA = new Set([
  'ER_BAD_NULL_ERROR',
  'ER_DATA_TOO_LONG',
  'ER_NET_PACKET_TOO_LARGE',
  'ER_TOO_BIG_ROWSIZE',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'ER_DUP_ENTRY',
])
const CONFLICT = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD'])
/** Wrong password, no such database, no rights. */
const REFUSED = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
])
const CONNECT_MS = 5000

/** Opens an archive in MySQL or MariaDB. Nothing is connected before the first statement. */
export async function openMysqlEngine(url: string): Promise<Engine> {
  const { default: mysql } = await import('mysql2')
  const pool = mysql.createPool({
    uri: url,
    connectionLimit: 4,
    connectTimeout: CONNECT_MS,
    charset: 'utf8mb4_bin',
  })
  pool.on('connection', (connection) => {
    // The driver escapes values with backslashes, which a server may be set to ignore. And no value may be cut silently.
    connection.query("set session sql_mode = 'STRICT_ALL_TABLES'", () => undefined)
    connection.query('set session transaction isolation level read committed', () => undefined)
  })
  return {
    name: 'mysql',
    db: new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) }),
    pipelines: false,
    versions: [tables, groups],
    // Statements that create tables commit by themselves, so they are repeated until all tables exist.
    lockSchema: async () => undefined,
    async lock(work) {
      await sql`select value from timhook_archive where name = 'schema' for update`.execute(work)
    },
    async tableExists(work, table) {
      const { rows } = await sql`select 1 from information_schema.tables
        where table_schema = database() and table_name = ${table}`.execute(work)
      return rows.length > 0
    },
    hasTerms: (terms) => {
      const query = terms.map(({ term, isPrefix }) => `+${term}${isPrefix ? '*' : ''}`).join(' ')
      return sql`match (terms) against (${query} in boolean mode)`
    },
    failureOf(error) {
      const code = codeOf(error)
      if (CONFLICT.has(code)) return 'conflict'
      return DATA.has(code) ? 'data' : 'unavailable'
    },
    isRefused: (error) => REFUSED.has(codeOf(error)),
  }
}

const TABLE = 'engine = InnoDB row_format = dynamic default charset = utf8mb4 collate = utf8mb4_bin'

const tables = [
  `create table if not exists timhook_archive (
    name varchar(40) primary key, value varchar(200) not null) ${TABLE}`,
  `create table if not exists timhook_messages (
    id bigint not null auto_increment primary key,
    message_key varchar(27) character set ascii collate ascii_bin not null unique,
    conversation_key varchar(27) character set ascii collate ascii_bin not null,
    app bigint not null, chat varchar(10) not null,
    group_id varchar(600), topic_id varchar(600), sender varchar(600), receiver varchar(600),
    incarnation bigint not null, seq bigint, msg_key varchar(600), random bigint,
    sent_at bigint, event_at bigint not null, received_at bigint, complete smallint not null,
    kinds varchar(600) not null, body mediumtext, text mediumtext not null,
    terms mediumtext character set ascii collate ascii_bin not null,
    custom_data mediumtext, extension mediumtext,
    send_result bigint, online_only smallint not null,
    recalled_at bigint, recalled_by varchar(600), edited_at bigint, read_at bigint, read_count bigint,
    faults mediumtext, raw mediumtext, merge_state mediumtext,
    index timhook_messages_conversation (conversation_key, event_at),
    index timhook_messages_event_at (event_at),
    index timhook_messages_sender (sender),
    index timhook_messages_receiver (receiver),
    index timhook_messages_group (group_id, event_at),
    fulltext index timhook_messages_terms (terms)
  ) ${TABLE}`,
  `create table if not exists timhook_incarnations (
    conversation_key varchar(27) character set ascii collate ascii_bin not null, at bigint not null,
    primary key (conversation_key, at)) ${TABLE}`,
  `create table if not exists timhook_reads (
    conversation_key varchar(27) character set ascii collate ascii_bin not null,
    reader varchar(27) character set ascii collate ascii_bin not null, read_to bigint not null,
    primary key (conversation_key, reader, read_to)) ${TABLE}`,
]

const groups = [
  `create table if not exists timhook_groups (
    conversation_key varchar(27) character set ascii collate ascii_bin not null primary key, app bigint not null, group_id varchar(600) not null,
    name varchar(600), name_at bigint not null, type varchar(600), type_at bigint not null, owner varchar(600), owner_at bigint not null,
    created_at bigint, dissolved_at bigint) ${TABLE}`,
]
