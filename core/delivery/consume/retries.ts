import type { Clock, Timer } from '../../lib/clock.ts'
import { MAX_TIMER } from '../../lib/units.ts'
import type { DuePage, DueQuery, WaitingCallback } from '../callback-log.ts'

const RETRY_AFTER_MS = 1000

interface RetriesDeps {
  readonly clock: Clock
  readonly now: () => number
  readonly readDue: (query: DueQuery) => Promise<DuePage>
  readonly longestMs: () => number
  /** How many retries may be handed over now. */
  readonly room: () => number
  readonly onDue: (row: WaitingCallback) => void
}

/** Reads a plugin's pending callbacks of a partition when they are due. */
export class Retries {
  readonly #deps: RetriesDeps
  /** Numbers handed over whose outcome is not written yet. */
  readonly #taken = new Set<number>()
  #next: number | undefined
  /** The delay until `#next` when the timer was set. */
  #inMs = 0
  #timer: Timer | undefined
  #isReading = false
  #closed = false

  constructor(deps: RetriesDeps) {
    this.#deps = deps
  }

  /**
   * Sets the timer for a callback that is pending in the log.
   * @param at when it is due, milliseconds since 1970
   */
  wake(at: number): void {
    if (this.#closed || (this.#next !== undefined && this.#next <= at)) return
    this.#next = at
    this.#inMs = at - this.#deps.now()
    const { clock } = this.#deps
    clock.clearTimeout(this.#timer)
    this.#timer = clock.setTimeout(() => this.read(), Math.min(Math.max(0, this.#inMs), MAX_TIMER))
  }

  /** Drops a callback whose outcome is written. */
  forget(seq: number): void {
    this.#taken.delete(seq)
  }

  /** Hands over what is due, while there is room. */
  read(): void {
    // Called for each callback, and nearly always there is nothing to do.
    if (this.#next === undefined || this.#closed || this.#isReading || this.#deps.room() <= 0) return
    const at = this.#deps.now()
    // If it is further off than when the timer was set, the clock was set back, and it may be due.
    if (this.#next > at && this.#next - at <= this.#inMs) this.#rearm(this.#next)
    else void this.#read()
  }

  close(): void {
    this.#closed = true
    this.#deps.clock.clearTimeout(this.#timer)
  }

  async #read(): Promise<void> {
    const { now, readDue, longestMs, room, onDue } = this.#deps
    this.#isReading = true
    this.#next = undefined
    let page: DuePage
    try {
      page = await readDue({ longestMs: longestMs(), limit: room(), skip: [...this.#taken] })
    } catch {
      this.#isReading = false
      this.#rearm(now() + RETRY_AFTER_MS)
      return
    }
    this.#isReading = false
    // Mark all before handing over any: one that ends synchronously frees room, which reads again.
    for (const { seq } of page.rows) this.#taken.add(seq)
    if (page.next !== undefined) this.wake(page.next)
    for (const row of page.rows) {
      if (this.#closed) return
      onDue(row)
    }
    // One that was written during this read may have had its timer ignored.
    this.read()
  }

  #rearm(at: number): void {
    this.#next = undefined
    this.wake(at)
  }
}
