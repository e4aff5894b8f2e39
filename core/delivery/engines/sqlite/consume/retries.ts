import { type Item, itemOf } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

const RETRY_AFTER_MS = 1000
/** The longest delay that setTimeout accepts. */
const TIMER_MAX_MS = 2 ** 31 - 1

interface RetriesDeps {
  readonly plugin: string
  readonly client: SqliteClient
  /** The longest delay of a retry. One that is due later than that is due now, because the clock was set back. */
  readonly longestMs: number
  readonly isSuspect: (waiting: Waiting) => boolean
  /** How many retries may be handed over now. */
  readonly room: () => number
  readonly onDue: (item: Item) => void
}

/** Reads a plugin's unordered retries from the database when they are due. */
export class Retries {
  readonly #deps: RetriesDeps
  /** Retries that were handed over, until their outcome is on disk. */
  readonly #taken = new Set<number>()
  #next: number | undefined
  /** The delay until `#next` when the timer was set. */
  #inMs = 0
  #timer: NodeJS.Timeout | undefined
  #reading = false
  #closed = false

  constructor(deps: RetriesDeps) {
    this.#deps = deps
  }

  /**
   * Sets the timer for a retry that is on disk.
   * @param at when it is due, milliseconds since 1970
   */
  wake(at: number): void {
    if (this.#closed || (this.#next !== undefined && this.#next <= at)) return
    this.#next = at
    this.#inMs = at - Date.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.read(), Math.min(Math.max(0, at - Date.now()), TIMER_MAX_MS))
    this.#timer.unref()
  }

  /** Drops a retry whose outcome is on disk. */
  forget(seq: number): void {
    this.#taken.delete(seq)
  }

  /** Hands over the due retries, while there is room. */
  read(): void {
    const { plugin, client, longestMs, room, onDue, isSuspect } = this.#deps
    const now = Date.now()
    const limit = room()
    if (this.#closed || this.#reading || this.#next === undefined || limit <= 0) return
    // If it is further off than when the timer was set, the clock went back, and it may be due.
    if (this.#next > now && this.#next - now <= this.#inMs) return this.#rearm(this.#next)
    this.#reading = true
    this.#next = undefined
    client.send('due', { plugin, now, longestMs, limit, skip: [...this.#taken] }, (error, result) => {
      this.#reading = false
      if (error || !result) return this.#rearm(Date.now() + RETRY_AFTER_MS)
      // Mark all before handing over any: one that ends synchronously frees room, which reads again.
      for (const { seq } of result.rows) this.#taken.add(seq)
      if (result.next !== undefined) this.wake(result.next)
      for (const row of result.rows) {
        if (this.#closed) return
        onDue(itemOf(row, 'retries', isSuspect(row)))
      }
      // A retry written during this read may have had its timer ignored.
      this.read()
    })
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #rearm(at: number): void {
    this.#next = undefined
    this.wake(at)
  }
}
