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
  /** Replaces the value if it is still `from`, else returns false. */
  kvChange: [arg: At & { from: string | undefined; to: string | undefined; now: number }, result: boolean]
  kvList: [arg: { plugin: string; prefix: string; now: number }, result: { key: string; json: string }[]]
  /** Returns the fencing number, or undefined where another process has the lease. */
  leaseTake: [arg: { plugin: string; name: string; endsAt: number; now: number }, result: number | undefined]
  leaseSet: [arg: { plugin: string; name: string; fence: number; endsAt: number; now: number }, result: boolean]
  record: [arg: { plugin: string; kind: string; at: number; json: string }, result: void]
  records: [arg: { plugin: string; kind: string; limit: number }, result: { at: number; json: string }[]]
}

/** Sends one operation to the thread. */
export type AskStore = <N extends keyof StoreOperations>(
  name: N,
  arg: StoreOperations[N][0],
) => Promise<StoreOperations[N][1]>

/** Stores in an SQLite database. Every promise resolves once its change is on disk. */
export function createSqliteStores(ask: AskStore, now: () => number = Date.now): Stores {
  const stores = new Map<string, Store>()
  return {
    of(plugin) {
      const store = stores.get(plugin) ?? createSqliteStore(ask, plugin, now)
      stores.set(plugin, store)
      return store
    },
  }
}

function createSqliteStore(ask: AskStore, plugin: string, now: () => number): Store {
  const read = (json: string | undefined): unknown => (json === undefined ? undefined : JSON.parse(json))
  return {
    async get(key) {
      return read(await ask('kvGet', { plugin, key, now: now() }))
    },
    async set(key, value, options) {
      const endsAt = options?.ttlMs === undefined ? undefined : now() + options.ttlMs
      await ask('kvSet', { plugin, key, json: toJson(value), endsAt })
    },
    async delete(key) {
      await ask('kvSet', { plugin, key, json: undefined, endsAt: undefined })
    },
    async list(prefix) {
      const entries = await ask('kvList', { plugin, prefix, now: now() })
      return entries.map(({ key, json }) => ({ key, value: read(json) })).toSorted(byKey)
    },
    async update(key, change) {
      for (;;) {
        const from = await ask('kvGet', { plugin, key, now: now() })
        const value = change(read(from))
        const to = toJson(value)
        if (await ask('kvChange', { plugin, key, from, to, now: now() })) return value
      }
    },
    async lease(name, ttlMs) {
      const fence = await ask('leaseTake', { plugin, name, endsAt: now() + ttlMs, now: now() })
      return fence === undefined ? undefined : createLease(ask, { plugin, name, fence }, now)
    },
    async record(kind, data) {
      await ask('record', { plugin, kind, at: now(), json: toJson(data) ?? 'null' })
    },
    async records(kind, options) {
      const rows = await ask('records', { plugin, kind, limit: options?.limit ?? 100 })
      return rows.map(({ at, json }) => ({ at, data: read(json) }))
    },
  }
}

function createLease(ask: AskStore, held: { plugin: string; name: string; fence: number }, now: () => number): Lease {
  return {
    fence: held.fence,
    renew: (ttlMs) => ask('leaseSet', { ...held, endsAt: now() + ttlMs, now: now() }),
    async release() {
      await ask('leaseSet', { ...held, endsAt: 0, now: now() })
    },
  }
}

function byKey(a: { key: string }, b: { key: string }): number {
  return a.key < b.key ? -1 : 1
}
