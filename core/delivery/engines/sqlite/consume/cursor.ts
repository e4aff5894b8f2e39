import { Queue } from '../../../../lib/fifo.ts'
import type { Change } from '../worker/messages.ts'

/** How long what is settled ahead of the cursor is not written: the cursor passes most of it, and then needs no row. */
export const HOLD_MS = 50

/** How far a plugin has come: its cursor, and what is settled beyond it. */
export class Cursor {
  readonly #plugin: string
  readonly #open = new Queue<number>()
  readonly #settled = new Set<number>()
  /** Settled and not written; those of the time before the last one, and those since. */
  #held: number[] = []
  #fresh: number[] = []
  #heldAt = 0
  #head: number | undefined
  #saved: number
  /** Everything up to here has been taken up. */
  #seen: number

  constructor(plugin: string, cursor: number) {
    this.#plugin = plugin
    this.#saved = cursor
    this.#seen = cursor
  }

  /** Callbacks up to this one that were not taken up are not the plugin's. */
  saw(seq: number): void {
    this.#seen = seq
  }

  /** Takes a callback up; in the order of their numbers. */
  take(seq: number): void {
    this.#seen = seq
    if (this.#head === undefined) this.#head = seq
    else this.#open.put(seq)
  }

  settle(seq: number): void {
    this.#fresh.push(seq)
    // Most are settled in order, and a set would grow and shrink for each.
    if (seq === this.#head) this.#head = this.#open.take()
    else this.#settled.add(seq)
    while (this.#head !== undefined && this.#settled.delete(this.#head)) this.#head = this.#open.take()
  }

  /** Whether something is held back, to be written after a while. */
  get holds(): boolean {
    return this.#held.length > 0 || this.#fresh.length > 0
  }

  /**
   * What is to be written: the cursor if it has moved, and what has been settled beyond it for some time.
   * @param all also what was settled just now
   */
  changes(nowMs: number, all: boolean): Change[] {
    const cursor = this.#head === undefined ? this.#seen : this.#head - 1
    const changes: Change[] = []
    const isBeyond = (seq: number): boolean => seq > cursor
    if (all || nowMs - this.#heldAt >= HOLD_MS) {
      const due = all ? [...this.#held, ...this.#fresh] : this.#held
      for (const seq of due) if (isBeyond(seq)) changes.push(['done', this.#plugin, seq])
      this.#held = all ? [] : this.#fresh.filter(isBeyond)
      this.#fresh = []
      this.#heldAt = nowMs
    }
    if (cursor > this.#saved) changes.push(['cursor', this.#plugin, cursor])
    this.#saved = cursor
    return changes
  }
}
