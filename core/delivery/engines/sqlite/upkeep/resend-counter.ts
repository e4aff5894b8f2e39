import type { SqliteClient } from '../client/sqlite-client.ts'

const FLUSH_MS = 20
const RETRY_AFTER_MS = 1000

/** Counts resends of stored callbacks in the file, off the hot path. */
export class ResendCounter {
  readonly #client: SqliteClient
  #seqs: number[] = []
  #timer: NodeJS.Timeout | undefined
  #isFailing = false

  constructor(client: SqliteClient) {
    this.#client = client
  }

  add(seq: number): void {
    this.#seqs.push(seq)
    this.#timer ??= setTimeout(() => void this.#write(), FLUSH_MS).unref()
  }

  /** Writes along with an append, to share its fsync. */
  flush(): void {
    if (this.#seqs.length > 0 && !this.#isFailing) void this.#write()
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    if (this.#seqs.length > 0) await this.#write()
    clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const seqs = this.#seqs
    this.#seqs = []
    try {
      await this.#client.request('resent', seqs)
      this.#isFailing = false
    } catch {
      this.#isFailing = true
      this.#seqs = [...seqs, ...this.#seqs]
      this.#timer ??= setTimeout(() => void this.#write(), RETRY_AFTER_MS).unref()
    }
  }
}
