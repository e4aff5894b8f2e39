import { TimhookError } from '../../errors.ts'
import type { PostgresClient } from './client.ts'
import { sql } from './sql.ts'

/** The tables of the plugins' stores. */
export const STORE_TABLES = `
CREATE TABLE {schema}.kv (
  plugin text NOT NULL,
  key text COLLATE "C" NOT NULL,
  json text NOT NULL,
  ends_at bigint,
  PRIMARY KEY (plugin, key)
);
CREATE INDEX kv_ends_at ON {schema}.kv (ends_at) WHERE ends_at IS NOT NULL;
CREATE TABLE {schema}.leases (
  plugin text NOT NULL,
  name text NOT NULL,
  fence bigint NOT NULL,
  ends_at bigint NOT NULL,
  PRIMARY KEY (plugin, name)
);
CREATE TABLE {schema}.records (
  num bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plugin text NOT NULL,
  kind text NOT NULL,
  at bigint NOT NULL,
  json text NOT NULL
);
CREATE INDEX records_of ON {schema}.records (plugin, kind, num);
`

// Read from the catalog's tables, because the caches may be older than the lock.
const LOOK = sql(
  'look-for-schema',
  `SELECT oid IS NOT NULL AS has_schema, EXISTS (
    SELECT FROM pg_class WHERE relnamespace = pg_namespace.oid AND relname = 'timhook_version'
  ) AS has_version
  FROM (SELECT (parse_ident($1))[1] AS name) AS wanted LEFT JOIN pg_namespace ON nspname = name`,
)
const LOCK = sql('lock-schema', `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`)
const VERSION = sql('version', `SELECT version FROM {schema}.timhook_version`)
const SET_VERSION = sql('set-version', `UPDATE {schema}.timhook_version SET version = $1`)

/** Returns the version of the existing tables, 0 if there are none. */
export async function versionOf(postgres: Pick<PostgresClient, 'query' | 'schema'>): Promise<number> {
  const [found] = await postgres.query<{ has_version: boolean }>(LOOK, [postgres.schema])
  if (!found?.has_version) return 0
  return (await postgres.query<{ version: number }>(VERSION))[0]?.version ?? 0
}

/**
 * Creates our tables, or brings older ones up to date. Servers that start together do this one after another.
 * @param steps the n-th makes version n from the one before
 * @throws TimhookError STORE_NEWER after a newer timhook, STORE_FOREIGN if somebody else's tables have our names
 */
export async function migrate(postgres: PostgresClient, steps: readonly string[]): Promise<void> {
  const { schema } = postgres
  if ((await checkedVersion(postgres, steps.length)) === steps.length) return
  await postgres.transaction(async (session) => {
    await session.query(LOCK, [`timhook ${schema}`])
    const version = await checkedVersion({ ...session, schema }, steps.length)
    if (version === 0) {
      const [found] = await session.query<{ has_schema: boolean }>(LOOK, [schema])
      if (!found?.has_schema) await session.query(sql('', 'CREATE SCHEMA {schema}'))
      await session.query(sql('', 'CREATE TABLE {schema}.timhook_version AS SELECT 0 AS version'))
    }
    for (const step of steps.slice(version)) {
      await session.query(sql('', step)).catch((error: unknown) => {
        throw foreignOr(error, schema)
      })
    }
    await session.query(SET_VERSION, [steps.length])
  })
}

async function checkedVersion(postgres: Pick<PostgresClient, 'query' | 'schema'>, ours: number): Promise<number> {
  const version = await versionOf(postgres)
  if (version <= ours) return version
  throw new TimhookError(
    'STORE_NEWER',
    `the schema ${postgres.schema} has version ${version} of our tables; this timhook knows ${ours}`,
    {
      hint: 'A newer timhook has written there. Start that one, or name another schema in delivery.postgres.schema.',
    },
  )
}

const DUPLICATE_TABLE = '42P07'

function foreignOr(error: unknown, schema: string): unknown {
  if ((error as { code?: unknown }).code !== DUPLICATE_TABLE) return error
  return new TimhookError('STORE_FOREIGN', `the schema ${schema} has tables of something else with our names`, {
    hint: 'Name another schema in delivery.postgres.schema.',
  })
}
