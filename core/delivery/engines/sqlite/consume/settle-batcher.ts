import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Change } from '../worker/messages.ts'

const FLUSH_MS = 20
/** How long to wait after a failed write. The disk may have room again by then. */
const RETRY_AFTER_MS = 1000

/**
 * Collects outcomes of callbacks and writes them in batches, off the hot path. Callbacks whose outcome a crash loses
 * are delivered again. Changes are written in the order of the calls, and a batch is written whole or not at all.
 */
export class SettleBatcher {
  readonly #client: SqliteClient
  /** Returns the cursors that have moved, when a batch is written. */
  readonly #collect: () => Change[]
  #changes: Change[] = []
  #after: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #writesAt = 0
  #writing: Promise<void> | undefined
  /** The last write failed. The next one waits for its timer, whatever is enqueued meanwhile. */
  #isFailing = false

  constructor(client: SqliteClient, collect: () => Change[]) {
    this.#client = client
    this.#collect = collect
  }

  /** @param after called once the change is on disk */
  enqueue(change: Change, after?: () => void): void {
    this.#changes.push(change)
    if (after) this.#after.push(after)
    this.touch()
  }

  /** Writes a change at once. Resolves once it is on disk. */
  enqueueDurably(change: Change): Promise<void> {
    return new Promise((resolve) => {
      this.enqueue(change, resolve)
      void this.flush()
    })
  }

  /** Schedules a write. The earliest requested time wins. */
  touch(inMs = FLUSH_MS): void {
    const at = performance.now() + inMs
    if (this.#timer && this.#writesAt <= at) return
    clearTimeout(this.#timer)
    this.#writesAt = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, inMs).unref()
  }

  /** Writes along with an append, to share its fsync. Does nothing while a write is running. */
  piggyback(): void {
    if (!this.#timer || this.#writing || this.#isFailing) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    void this.flush()
  }

  /** Writes everything collected so far. What could not be written is kept and tried again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    this.#writing = this.#write()
    await this.#writing
    this.#writing = undefined
  }

  /** Stops writing on a timer. */
  close(): void {
    clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    const changes = [...this.#changes.splice(0), ...this.#collect()]
    const after = this.#after.splice(0)
    try {
      if (changes.length > 0) await this.#client.request('change', changes)
      this.#isFailing = false
      for (const call of after) call()
    } catch {
      this.#isFailing = true
      this.#changes = [...changes, ...this.#changes]
      this.#after = [...after, ...this.#after]
      this.touch(RETRY_AFTER_MS)
    }
  }
}
