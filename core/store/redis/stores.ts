import type { RedisClient } from './client.ts'
import { replyOf } from './fault.ts'
import { runScript, type Script } from './script.ts'
import { CHANGE, DELETE, GET, LEASE_SET, LEASE_TAKE, LIST, RECORD, SET } from './scripts.ts'
import type { Lease, Store, Stores } from '../store.ts'
import { toJson } from '../to-json.ts'

/** About how many records are kept per plugin and kind. Redis has them in memory, so older ones are dropped. */
const MAX_RECORDS = 100_000
/** Keys that one step of a listing scans. Redis does nothing else meanwhile. */
const PAGE = 200

/**
 * Stores in Redis, shared by all processes with the same prefix. Every promise resolves once Redis has acknowledged.
 * @param now milliseconds since 1970, for tests; the default is Redis' clock
 */
export function createRedisStores(redis: Pick<RedisClient, 'client' | 'prefix'>, now?: () => number): Stores {
  const stores = new Map<string, Store>()
  const run: Run = (script, keys, args) => runScript(redis, script, keys, [now?.() ?? '', ...args])
  return {
    of(plugin) {
      const keyOf = (kind: string): string => `${redis.prefix}:store:${encodeURIComponent(plugin)}:${kind}`
      const store = stores.get(plugin) ?? createRedisStore(redis, run, keyOf)
      stores.set(plugin, store)
      return store
    },
  }
}

type Run = (script: Script, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>

function createRedisStore(
  { client, prefix }: Pick<RedisClient, 'client' | 'prefix'>,
  run: Run,
  keyOf: (kind: string) => string,
): Store {
  const values = [keyOf('values'), keyOf('keys'), keyOf('ends')]
  const leases = [keyOf('leases')]
  const counter = `${prefix}:records`
  const get = async (key: string): Promise<string | undefined> => {
    const json = await run(GET, values, [key])
    return typeof json === 'string' ? json : undefined
  }
  const remove = async (key: string): Promise<void> => {
    await run(DELETE, values, [key])
  }
  return {
    async get(key) {
      return read(await get(key))
    },
    async set(key, value, options) {
      const json = toJson(value)
      if (json === undefined) await remove(key)
      else await run(SET, values, [key, json, options?.ttlMs ?? ''])
    },
    delete: remove,
    async list(prefix) {
      const entries: { key: string; value: unknown }[] = []
      let last = ''
      do {
        const [next, found] = (await run(LIST, values, [prefix, last, PAGE])) as [string, string[]]
        for (let n = 0; n < found.length; n += 2) entries.push({ key: found[n] ?? '', value: read(found[n + 1]) })
        last = next
      } while (last !== '')
      return entries.toSorted((a, b) => (a.key < b.key ? -1 : 1))
    },
    async update(key, change) {
      for (;;) {
        const from = await get(key)
        const value = change(read(from))
        const isChanged = await run(CHANGE, values, [key, from ?? '', toJson(value) ?? ''])
        if (isChanged === 1) return value
      }
    },
    async lease(name, ttlMs) {
      const fence = await run(LEASE_TAKE, leases, [name, ttlMs])
      return typeof fence === 'number' ? createLease(run, leases, name, fence) : undefined
    },
    async record(kind, data) {
      await run(RECORD, [keyOf(`records:${kind}`), counter], [toJson(data) ?? 'null', MAX_RECORDS])
    },
    async records(kind, options) {
      const { limit = 100 } = options ?? {}
      const entries = await replyOf(client.xrevrange(keyOf(`records:${kind}`), '+', '-', 'COUNT', limit))
      return entries.map(([, [, at, , json]]) => ({ at: Number(at), data: read(json) }))
    },
  }
}

function createLease(run: Run, leases: readonly string[], name: string, fence: number): Lease {
  const set = async (ttlMs: number): Promise<boolean> => (await run(LEASE_SET, leases, [name, fence, ttlMs])) === 1
  return {
    fence,
    renew: set,
    async release() {
      await set(0)
    },
  }
}

function read(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json)
}
