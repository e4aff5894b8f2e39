import type { Lease, Store, Stores } from '../store.ts'
import { toJson } from '../to-json.ts'
import { NOW, type Queryable, sql } from './sql.ts'

// $1 is the plugin everywhere, and the last parameter the time in milliseconds; null is the server's own clock.
const now = (parameter: string): string => `coalesce(${parameter}::bigint, ${NOW})`

const GET = sql(
  'kv-get',
  `SELECT json FROM {schema}.kv WHERE plugin = $1 AND key = $2 AND (ends_at IS NULL OR ends_at > ${now('$3')})`,
)
const SET = sql(
  'kv-set',
  `INSERT INTO {schema}.kv VALUES ($1, $2, $3, ${now('$5')} + $4::bigint)
  ON CONFLICT (plugin, key) DO UPDATE SET json = excluded.json, ends_at = excluded.ends_at`,
)
const DELETE = sql('kv-delete', `DELETE FROM {schema}.kv WHERE plugin = $1 AND key = $2`)
const LIST = sql(
  'kv-list',
  `SELECT key, json FROM {schema}.kv
  WHERE plugin = $1 AND key >= $2 AND starts_with(key, $2) AND (ends_at IS NULL OR ends_at > ${now('$3')})`,
)
/** For a value that does not exist, or has expired. */
const INSERT = sql(
  'kv-insert',
  `INSERT INTO {schema}.kv AS kv VALUES ($1, $2, $3, NULL)
  ON CONFLICT (plugin, key) DO UPDATE SET json = excluded.json, ends_at = NULL WHERE kv.ends_at <= ${now('$4')}
  RETURNING 1`,
)
const IS_STILL = `plugin = $1 AND key = $2 AND json = $3 AND (ends_at IS NULL OR ends_at > ${now('$5')})`
const CHANGE = sql('kv-change', `UPDATE {schema}.kv SET json = $4 WHERE ${IS_STILL} RETURNING 1`)
const CHANGE_AWAY = sql('kv-change-away', `DELETE FROM {schema}.kv WHERE ${IS_STILL} AND $4::text IS NULL RETURNING 1`)
const LEASE_TAKE = sql(
  'lease-take',
  `INSERT INTO {schema}.leases AS held VALUES ($1, $2, 1, ${now('$4')} + $3::bigint)
  ON CONFLICT (plugin, name) DO UPDATE SET fence = held.fence + 1, ends_at = excluded.ends_at
  WHERE held.ends_at <= ${now('$4')} RETURNING fence`,
)
const LEASE_SET = sql(
  'lease-set',
  `UPDATE {schema}.leases SET ends_at = ${now('$5')} + $4::bigint
  WHERE plugin = $1 AND name = $2 AND fence = $3 AND ends_at > ${now('$5')} RETURNING 1`,
)
const RECORD = sql('record', `INSERT INTO {schema}.records (plugin, kind, json, at) VALUES ($1, $2, $3, ${now('$4')})`)
const RECORDS = sql(
  'records',
  `SELECT at, json FROM {schema}.records WHERE plugin = $1 AND kind = $2 ORDER BY num DESC LIMIT $3`,
)

/**
 * Stores in a PostgreSQL, shared by all processes with the same schema. Every promise resolves once its change is on disk.
 * @param clock milliseconds since 1970, for tests; the default is the server's clock
 */
export function createPostgresStores(postgres: Queryable, clock?: () => number): Stores {
  const stores = new Map<string, Store>()
  const time = (): number | null => clock?.() ?? null
  return {
    of(plugin) {
      const store = stores.get(plugin) ?? createPostgresStore(postgres, plugin, time)
      stores.set(plugin, store)
      return store
    },
  }
}

function createPostgresStore(postgres: Queryable, plugin: string, time: () => number | null): Store {
  const get = async (key: string): Promise<string | undefined> =>
    (await postgres.query<{ json: string }>(GET, [plugin, key, time()]))[0]?.json
  const remove = async (key: string): Promise<void> => {
    await postgres.query(DELETE, [plugin, key])
  }
  const change = async (key: string, from: string | undefined, to: string | undefined): Promise<boolean> => {
    if (from === undefined && to === undefined) return true
    if (from === undefined) return (await postgres.query(INSERT, [plugin, key, to, time()])).length > 0
    const statement = to === undefined ? CHANGE_AWAY : CHANGE
    return (await postgres.query(statement, [plugin, key, from, to ?? null, time()])).length > 0
  }
  return {
    async get(key) {
      return read(await get(key))
    },
    async set(key, value, options) {
      const json = toJson(value)
      if (json === undefined) await remove(key)
      else await postgres.query(SET, [plugin, key, json, wholeMs(options?.ttlMs), time()])
    },
    delete: remove,
    async list(prefix) {
      const rows = await postgres.query<{ key: string; json: string }>(LIST, [plugin, prefix, time()])
      return rows.map(({ key, json }) => ({ key, value: read(json) })).toSorted((a, b) => (a.key < b.key ? -1 : 1))
    },
    async update(key, changed) {
      for (;;) {
        const from = await get(key)
        const value = changed(read(from))
        if (await change(key, from, toJson(value))) return value
      }
    },
    async lease(name, ttlMs) {
      const [taken] = await postgres.query<{ fence: number }>(LEASE_TAKE, [plugin, name, wholeMs(ttlMs), time()])
      return taken && createLease(postgres, { plugin, name, fence: taken.fence }, time)
    },
    async record(kind, data) {
      await postgres.query(RECORD, [plugin, kind, toJson(data) ?? 'null', time()])
    },
    async records(kind, options) {
      const rows = await postgres.query<{ at: number; json: string }>(RECORDS, [plugin, kind, options?.limit ?? 100])
      return rows.map(({ at, json }) => ({ at, data: read(json) }))
    },
  }
}

function createLease(
  postgres: Queryable,
  { plugin, name, fence }: { plugin: string; name: string; fence: number },
  time: () => number | null,
): Lease {
  const set = async (ttlMs: number): Promise<boolean> =>
    (await postgres.query(LEASE_SET, [plugin, name, fence, wholeMs(ttlMs), time()])).length > 0
  return {
    fence,
    renew: set,
    async release() {
      await set(0)
    },
  }
}

function wholeMs(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms)
}

function read(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}
