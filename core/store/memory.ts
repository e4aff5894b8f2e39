import type { Lease, Store, StoredRecord, Stores } from './store.ts'
import { toJson } from './to-json.ts'

/** The most records per plugin and kind; older ones are dropped. */
const MAX_RECORDS = 10_000

interface Entry {
  json: string
  endsAt: number
}

/** A store that ends with the process: for tests, and for the `memory` engine. */
export function createMemoryStores(now: () => number = Date.now): Stores {
  const stores = new Map<string, Store>()
  return {
    of(pluginId) {
      const store = stores.get(pluginId) ?? createMemoryStore(now)
      stores.set(pluginId, store)
      return store
    },
  }
}

function createMemoryStore(now: () => number): Store {
  const entries = new Map<string, Entry>()
  const leases = new Map<string, { fence: number; endsAt: number }>()
  const recorded = new Map<string, { at: number; json: string }[]>()

  const read = (key: string): unknown => {
    const entry = entries.get(key)
    if (entry && entry.endsAt <= now()) entries.delete(key)
    // Values are stored as JSON, as in the durable engines, so that callers never share an object.
    return entry && entry.endsAt > now() ? JSON.parse(entry.json) : undefined
  }
  const write = (key: string, value: unknown, ttlMs = Infinity): void => {
    const json = toJson(value)
    if (json === undefined) entries.delete(key)
    else entries.set(key, { json, endsAt: now() + ttlMs })
  }

  return {
    async get(key) {
      return read(key)
    },
    async set(key, value, options) {
      write(key, value, options?.ttlMs)
    },
    async delete(key) {
      entries.delete(key)
    },
    async list(prefix) {
      const keys = [...entries.keys()].filter((key) => key.startsWith(prefix)).toSorted()
      return keys.map((key) => ({ key, value: read(key) })).filter(({ value }) => value !== undefined)
    },
    async update(key, change) {
      const endsAt = entries.get(key)?.endsAt ?? Infinity
      const value = change(read(key))
      write(key, value, endsAt > now() ? endsAt - now() : Infinity)
      return value
    },
    async lease(name, ttlMs) {
      const last = leases.get(name)
      if (last && last.endsAt > now()) return undefined
      const held = { fence: (last?.fence ?? 0) + 1, endsAt: now() + ttlMs }
      leases.set(name, held)
      return memoryLease(held, () => leases.get(name) === held && held.endsAt > now(), now)
    },
    async record(kind, data) {
      const list = recorded.get(kind) ?? []
      recorded.set(kind, list)
      list.push({ at: now(), json: toJson(data) ?? 'null' })
      if (list.length > MAX_RECORDS) list.splice(0, MAX_RECORDS / 10)
    },
    async records(kind, options) {
      const newest = (recorded.get(kind) ?? []).toReversed().slice(0, options?.limit ?? 100)
      return newest.map(({ at, json }): StoredRecord => ({ at, data: JSON.parse(json) }))
    },
  }
}

function memoryLease(held: { fence: number; endsAt: number }, isHeld: () => boolean, now: () => number): Lease {
  return {
    fence: held.fence,
    async renew(ttlMs) {
      if (!isHeld()) return false
      held.endsAt = now() + ttlMs
      return true
    },
    async release() {
      if (isHeld()) held.endsAt = 0
    },
  }
}
