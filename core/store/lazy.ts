import type { Store } from './store.ts'

/** A store that is opened on first use, so that commands that need none also run if it cannot be opened. */
export function lazyStore(open: () => Promise<Store>): Store {
  return {
    get: async (key) => (await open()).get(key),
    set: async (key, value, options) => (await open()).set(key, value, options),
    delete: async (key) => (await open()).delete(key),
    list: async (prefix) => (await open()).list(prefix),
    update: async (key, change) => (await open()).update(key, change),
    lease: async (name, ttlMs) => (await open()).lease(name, ttlMs),
    record: async (kind, data) => (await open()).record(kind, data),
    records: async (kind, options) => (await open()).records(kind, options),
  }
}
