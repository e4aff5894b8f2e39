/**
 * The storage of one plugin: values by key, leases, and append-only records. Values and the data of records are JSON of at
 * most 1 MB; `set`, `update` and `record` reject with STORE_VALUE_TOO_LARGE for more.
 */
export interface Store {
  get(key: string): Promise<unknown>
  /** @param ttlMs milliseconds until the value expires; it never does without */
  set(key: string, value: unknown, options?: { ttlMs?: number }): Promise<void>
  delete(key: string): Promise<void>
  /** Entries whose key starts with the prefix, sorted by key. */
  list(prefix: string): Promise<{ key: string; value: unknown }[]>
  /** Replaces a value by what `change` returns, atomically; undefined deletes it. */
  update(key: string, change: (value: unknown) => unknown): Promise<unknown>
  /** Takes a lease for `ttlMs` milliseconds. Resolves to undefined where another process has it. */
  lease(name: string, ttlMs: number): Promise<Lease | undefined>
  /** Appends to the plugin's records of this kind. */
  record(kind: string, data: unknown): Promise<void>
  /** The newest records of this kind, newest first. */
  records(kind: string, options?: { limit?: number }): Promise<StoredRecord[]>
}

/** Mutual exclusion that expires. `fence` grows with every lease of that name: the larger is the newer. */
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

/** Gives every plugin a store of its own, by the plugin's id. */
export interface Stores {
  of(pluginId: string): Store
}
