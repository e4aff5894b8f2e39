import { type Item, itemOf } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

const RETRY_AFTER_MS = 1000
/** The longest time that a timer takes. */
const TIMER_MAX_MS = 2 ** 31 - 1

interface RetriesDeps {
  readonly plugin: string
  readonly client: SqliteClient
  /** What is due later than in so many milliseconds is due now: the clock has been set back. */
  readonly longestMs: number
  readonly isSuspect: (waiting: Waiting) => boolean
  /** How many may be handed over now. */
  readonly room: () => number
  readonly onDue: (item: Item) => void
}

/** The retries of a plugin that hold nothing up. They wait in the database and are read when they are due. */
export class Retries {
  readonly #deps: RetriesDeps
  /** Those that were handed over, until what became of them is on disk. */
  readonly #taken = new Set<number>()
  #next: number | undefined
  /** How far off that was when it was set. */
  #inMs = 0
  #timer: NodeJS.Timeout | undefined
  #reading = false
  #closed = false

  constructor(deps: RetriesDeps) {
    this.#deps = deps
  }

  /** One will be due then, milliseconds since 1970; it is on disk. */
  wake(at: number): void {
    if (this.#closed || (this.#next !== undefined && this.#next <= at)) return
    this.#next = at
    this.#inMs = at - Date.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.read(), Math.min(Math.max(0, at - Date.now()), TIMER_MAX_MS))
    this.#timer.unref()
  }

  /** What became of it is on disk. */
  forget(seq: number): void {
    this.#taken.delete(seq)
  }

  /** Hands over what is due, where there is room. */
  read(): void {
    const { plugin, client, longestMs, room, onDue, isSuspect } = this.#deps
    const now = Date.now()
    const limit = room()
    if (this.#closed || this.#reading || this.#next === undefined || limit <= 0) return
    // Further off than when it was set: the clock has gone back, and it may be due.
    if (this.#next > now && this.#next - now <= this.#inMs) return this.#rearm(this.#next)
    this.#reading = true
    this.#next = undefined
    client.send('due', { plugin, now, longestMs, limit, skip: [...this.#taken] }, (error, result) => {
      this.#reading = false
      if (error || !result) return this.#rearm(Date.now() + RETRY_AFTER_MS)
      // All of them before any is handed over: one that ends at once frees its slot, and that reads again.
      for (const { seq } of result.rows) this.#taken.add(seq)
      if (result.next !== undefined) this.wake(result.next)
      for (const row of result.rows) {
        if (this.#closed) return
        onDue(itemOf(row, 'retries', isSuspect(row)))
      }
      // The timer of one that was written while this read was under way may have fired for nothing.
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
