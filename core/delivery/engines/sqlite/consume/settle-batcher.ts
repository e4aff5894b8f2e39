import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Change } from '../worker/messages.ts'

const FLUSH_MS = 20
/** How long after a failure to write: the disk may have room again. */
const RETRY_AFTER_MS = 1000

/**
 * Collects what has become of callbacks and writes it in batches, off the hot path: what a crash loses of it is done
 * once more. Changes are written in the order in which they were noted, and those of one batch together or not at all.
 */
export class SettleBatcher {
  readonly #client: SqliteClient
  /** Gives the cursors that have moved, at the time of writing. */
  readonly #collect: () => Change[]
  #changes: Change[] = []
  #after: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #writesAt = 0
  #writing: Promise<void> | undefined
  /** The last could not be written: the next try takes its time, whatever comes meanwhile. */
  #isFailing = false

  constructor(client: SqliteClient, collect: () => Change[]) {
    this.#client = client
    this.#collect = collect
  }

  /** @param after called once it is on disk */
  enqueue(change: Change, after?: () => void): void {
    this.#changes.push(change)
    if (after) this.#after.push(after)
    this.touch()
  }

  /** Notes and writes at once; resolves once it is on disk. */
  enqueueDurably(change: Change): Promise<void> {
    return new Promise((resolve) => {
      this.enqueue(change, resolve)
      void this.flush()
    })
  }

  /** Something has changed: write soon. The soonest time that was asked for counts. */
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

  /** Writes what there is at once, where somebody writes anyway; nothing while the last is under way. */
  piggyback(): void {
    if (!this.#timer || this.#writing || this.#isFailing) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    void this.flush()
  }

  /** Writes what there is. What could not be written stays, and is tried again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    this.#writing = this.#write()
    await this.#writing
    this.#writing = undefined
  }

  /** Writes nothing any more by itself. */
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
