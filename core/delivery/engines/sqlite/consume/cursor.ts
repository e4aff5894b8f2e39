import { Queue } from '../../../../lib/fifo.ts'
import type { Change } from '../worker/messages.ts'

/** How long what is settled ahead of the cursor is not written: the cursor passes most of it, and then needs no row. */
export const DEFER_MS = 50

/** How far a plugin has come: its cursor, and what is settled beyond it. */
export class Cursor {
  readonly #plugin: string
  readonly #unsettled = new Queue<number>()
  readonly #settled = new Set<number>()
  /** Settled and not written; those of the time before the last one, and those since. */
  #deferred: number[] = []
  #fresh: number[] = []
  #deferredAt = 0
  #head: number | undefined
  #saved: number
  /** Everything up to here has been taken up. */
  #reached: number

  constructor(plugin: string, cursor: number) {
    this.#plugin = plugin
    this.#saved = cursor
    this.#reached = cursor
  }

  /** Callbacks up to this one that were not taken up are not the plugin's. */
  advance(seq: number): void {
    this.#reached = seq
  }

  /** Takes a callback up; in the order of their numbers. */
  take(seq: number): void {
    this.#reached = seq
    if (this.#head === undefined) this.#head = seq
    else this.#unsettled.put(seq)
  }

  settle(seq: number): void {
    this.#fresh.push(seq)
    // Most are settled in order, and a set would grow and shrink for each.
    if (seq === this.#head) this.#head = this.#unsettled.take()
    else this.#settled.add(seq)
    while (this.#head !== undefined && this.#settled.delete(this.#head)) this.#head = this.#unsettled.take()
  }

  /** Whether something is held back, to be written after a while. */
  get hasDeferred(): boolean {
    return this.#deferred.length > 0 || this.#fresh.length > 0
  }

  /**
   * What is to be written: the cursor if it has moved, and what has been settled beyond it for some time.
   * @param all also what was settled just now
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
