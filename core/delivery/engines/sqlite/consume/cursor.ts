import { Queue } from '../../../../lib/fifo.ts'
import type { Change } from '../worker/messages.ts'

/** How long a callback settled beyond the cursor waits for its row. Most need none, for the cursor passes them. */
export const DEFER_MS = 50

/** One plugin's cursor, and the callbacks that are settled beyond it. */
export class Cursor {
  readonly #plugin: string
  readonly #unsettled = new Queue<number>()
  readonly #settled = new Set<number>()
  /** Settled but not written: those from before the last write, and (`#fresh`) those since. */
  #deferred: number[] = []
  #fresh: number[] = []
  #deferredAt = 0
  #head: number | undefined
  #saved: number
  /** Every callback up to this one was taken, or is not the plugin's. */
  #reached: number

  constructor(plugin: string, cursor: number) {
    this.#plugin = plugin
    this.#saved = cursor
    this.#reached = cursor
  }

  /** Callbacks up to this one that were not taken are not the plugin's. */
  advance(seq: number): void {
    this.#reached = seq
  }

  /** Adds a callback that is to be delivered. Call it in the order of their numbers. */
  take(seq: number): void {
    this.#reached = seq
    if (this.#head === undefined) this.#head = seq
    else this.#unsettled.put(seq)
  }

  settle(seq: number): void {
    this.#fresh.push(seq)
    // Most settle in order, and the set would grow and shrink for each.
    if (seq === this.#head) this.#head = this.#unsettled.take()
    else this.#settled.add(seq)
    while (this.#head !== undefined && this.#settled.delete(this.#head)) this.#head = this.#unsettled.take()
  }

  /** Whether settled callbacks wait to be written. */
  get hasDeferred(): boolean {
    return this.#deferred.length > 0 || this.#fresh.length > 0
  }

  /**
   * Returns the changes to write: the cursor if it moved, and what was settled beyond it some time ago.
   * @param all include what was settled just now
   */
  changes(nowMs: number, all: boolean): Change[] {
    const cursor = this.#head === undefined ? this.#reached : this.#head - 1
    const changes: Change[] = []
    const isBeyond = (seq: number): boolean => seq > cursor
    if (all || nowMs - this.#deferredAt >= DEFER_MS) {
      const due = all ? [...this.#deferred, ...this.#fresh] : this.#deferred
      for (const seq of due) if (isBeyond(seq)) changes.push(['done', this.#plugin, seq])
      this.#deferred = all ? [] : this.#fresh.filter(isBeyond)
      this.#fresh = []
      this.#deferredAt = nowMs
    }
    if (cursor > this.#saved) changes.push(['cursor', this.#plugin, cursor])
    this.#saved = cursor
    return changes
  }
}
