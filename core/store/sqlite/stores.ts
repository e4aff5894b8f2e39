import type { Lease, Store, Stores } from '../store.ts'
import { toJson } from '../to-json.ts'

interface At {
  plugin: string
  key: string
}

/** The operations of the thread that has the database: argument and result, by name. */
export interface StoreOperations {
  kvGet: [arg: At & { now: number }, result: string | undefined]
  kvSet: [arg: At & { json: string | undefined; endsAt: number | undefined }, result: void]
  /** Replaces the value if it is still `from`; otherwise returns false. */
  kvChange: [arg: At & { from: string | undefined; to: string | undefined; now: number }, result: boolean]
  kvList: [arg: { plugin: string; prefix: string; now: number }, result: { key: string; json: string }[]]
  /** Returns the fencing number, or undefined if another process holds the lease. */
  leaseTake: [arg: { plugin: string; name: string; endsAt: number; now: number }, result: number | undefined]
  leaseSet: [arg: { plugin: string; name: string; fence: number; endsAt: number; now: number }, result: boolean]
  record: [arg: { plugin: string; kind: string; at: number; json: string }, result: void]
  records: [arg: { plugin: string; kind: string; limit: number }, result: { at: number; json: string }[]]
}

/** Runs one operation on the thread. */
export type RunOperation = <N extends keyof StoreOperations>(
  name: N,
  arg: StoreOperations[N][0],
) => Promise<StoreOperations[N][1]>

/** Stores in an SQLite database. Every promise resolves once its change is on disk. */
export function createSqliteStores(run: RunOperation, now: () => number = Date.now): Stores {
  const stores = new Map<string, Store>()
  return {
    of(plugin) {
      const store = stores.get(plugin) ?? createSqliteStore(run, plugin, now)
      stores.set(plugin, store)
      return store
    },
  }
}

function createSqliteStore(run: RunOperation, plugin: string, now: () => number): Store {
  const read = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json))
  return {
    async get(key) {
      return read(await run('kvGet', { plugin, key, now: now() }))
    },
    async set(key, value, options) {
      const endsAt = options?.ttlMs === undefined ? undefined : now() + options.ttlMs
      await run('kvSet', { plugin, key, json: toJson(value), endsAt })
    },
    async delete(key) {
      await run('kvSet', { plugin, key, json: undefined, endsAt: undefined })
    },
    async list(prefix) {
      const entries = await run('kvList', { plugin, prefix, now: now() })
      return entries.map(({ key, json }) => ({ key, value: read(json) })).toSorted(byKey)
    },
    async update(key, change) {
      for (;;) {
        const from = await run('kvGet', { plugin, key, now: now() })
        const value = change(read(from))
        const to = toJson(value)
        if (await run('kvChange', { plugin, key, from, to, now: now() })) return value
      }
    },
    async lease(name, ttlMs) {
      const fence = await run('leaseTake', { plugin, name, endsAt: now() + ttlMs, now: now() })
      return fence === undefined ? undefined : createLease(run, { plugin, name, fence }, now)
    },
    async record(kind, data) {
      await run('record', { plugin, kind, at: now(), json: toJson(data) ?? 'null' })
    },
    async records(kind, options) {
      const rows = await run('records', { plugin, kind, limit: options?.limit ?? 100 })
      return rows.map(({ at, json }) => ({ at, data: read(json) }))
    },
  }
}

function createLease(
  run: RunOperation,
  held: { plugin: string; name: string; fence: number },
  now: () => number,
): Lease {
  return {
    fence: held.fence,
    renew: (ttlMs) => run('leaseSet', { ...held, endsAt: now() + ttlMs, now: now() }),
    async release() {
      await run('leaseSet', { ...held, endsAt: 0, now: now() })
    },
  }
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1
}
