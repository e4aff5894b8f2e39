/**
 * The storage of one plugin: values by key, leases, and append-only records. Values and the data of records are JSON of at
 * most 1 MB; `set`, `update` and `record` reject with STORE_VALUE_TOO_LARGE for more.
 */
export interface Store {
  get(key: string): Promise<unknown>
  /** @param ttlMs milliseconds until the value expires; by default never */
  set(key: string, value: unknown, options?: { ttlMs?: number }): Promise<void>
  delete(key: string): Promise<void>
  /** Entries whose key starts with the prefix, sorted by key. */
  list(prefix: string): Promise<{ key: string; value: unknown }[]>
  /** Atomically replaces a value by the result of `change`; undefined deletes it. */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>
  /** Takes a lease for `ttlMs` milliseconds. Resolves to undefined if another process holds it. */
  lease(name: string, ttlMs: number): Promise<Lease | undefined>
  /** Appends to the plugin's records of this kind. */
  record(kind: string, data: unknown): Promise<void>
  /** The newest records of this kind, newest first. */
  records(kind: string, options?: { limit?: number }): Promise<StoredRecord[]>
}

/** Mutual exclusion that expires. `fence` grows with every lease of that name. */
export interface Lease {
  readonly fence: number
  /** Extends it to `ttlMs` milliseconds from now; false when it was lost. */
  renew(ttlMs: number): Promise<boolean>
  release(): Promise<void>
}

export interface StoredRecord {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly data: unknown
}

/** The stores of all plugins, by plugin id. */
export interface Stores {
  of(pluginId: string): Store
}
