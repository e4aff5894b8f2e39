import type { Opinion } from '../services/service.ts'

interface Entry {
  readonly opinion: Opinion
  /** Milliseconds, on the clock of the caller. */
  readonly until: number
}

/** The newest answers, by key. The least recently used is dropped first. */
export class Cache {
  readonly #settings: { readonly entries: number; readonly ttl: number }
  readonly #entries = new Map<string, Entry>()

  constructor(settings: { readonly entries: number; readonly ttl: number }) {
    this.#settings = settings
  }

  get(key: string, now: number): Opinion | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    if (entry.until <= now) return undefined
    this.#entries.set(key, entry)
    return entry.opinion
  }

  set(key: string, opinion: Opinion, now: number): void {
    const { entries, ttl } = this.#settings
    if (entries === 0) return
    this.#entries.delete(key)
    this.#entries.set(key, { opinion, until: now + ttl })
    if (this.#entries.size <= entries) return
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest)
      return
    }
  }
}
