import type { Change } from '../callback-log.ts'

/** How long a callback settled beyond the cursor waits for its mark. Most need none, because the cursor passes them. */
export const DEFER_MS = 50
/** How many settled numbers stay in the list before it is compacted. */
const COMPACT_AT = 1024

/** How far a plugin has come in a partition, and what is settled beyond that. */
export class Cursor {
  /** Every number taken and not settled, in order, from `#at` on, mixed with some settled ones. */
  #taken: number[] = []
  #at = 0
  /** The settled ones among `#taken`. */
  readonly #settled = new Set<number>()
  /** Settled but not written: before the last write, and (`#fresh`) since then. */
  #deferred: number[] = []
  #fresh: number[] = []
  #deferredAt = 0
  #saved: number
  /** Every callback up to this one was taken, or is not for the plugin. */
  #reached: number

  constructor(cursor: number) {
    this.#saved = cursor
    this.#reached = cursor
  }

  /** The first callback that is taken and not settled. */
  get head(): number | undefined {
    return this.#taken[this.#at]
  }

  /** Callbacks up to this one that were not taken are not for the plugin. */
  advance(seq: number): void {
    this.#reached = seq
  }

  /** Adds a callback to deliver. Call it in the order of the numbers. */
  take(seq: number): void {
    this.#reached = seq
    this.#taken.push(seq)
  }

  /** @param isMarked whether its mark is already written */
  settle(seq: number, isMarked = false): void {
    if (!isMarked) this.#fresh.push(seq)
    // Most settle in order, and the set would grow and shrink for each.
    if (seq === this.#taken[this.#at]) this.#at++
    else this.#settled.add(seq)
    while (this.#settled.size > 0 && this.#settled.delete(this.#taken[this.#at] ?? 0)) this.#at++
    if (this.#at >= COMPACT_AT && this.#at * 2 > this.#taken.length) this.#compact()
  }

  /** How many settled callbacks are not covered by what `changes` returned. */
  get unwritten(): number {
    return this.#deferred.length + this.#fresh.length
  }

  /**
   * Returns the changes to write: the cursor if it moved, and the ranges of what was settled beyond it some time ago.
   * @param all includes what was settled just now
   */
  changes(nowMs: number, all: boolean): Change[] {
    const cursor = this.#cursor
    const changes: Change[] = []
    if (cursor > this.#saved) {
      const isBeyond = (seq: number): boolean => seq > cursor
      this.#deferred = this.#deferred.filter(isBeyond)
      this.#fresh = this.#fresh.filter(isBeyond)
    }
    if (all || nowMs - this.#deferredAt >= DEFER_MS) {
      const due = all ? [...this.#deferred, ...this.#fresh] : this.#deferred
      const written = new Set<number>()
      let end = 0
      for (const seq of due.toSorted((a, b) => a - b)) {
        if (seq <= end) continue
        const [first, last] = this.#rangeAround(seq, written)
        end = last
        changes.push(['done', first, last])
      }
      this.#deferred = all ? [] : this.#fresh.filter((seq) => !written.has(seq))
      this.#fresh = []
      this.#deferredAt = nowMs
      if (this.#settled.size > Math.max(COMPACT_AT, (this.#taken.length - this.#at) / 2)) this.#compact()
    }
    if (cursor > this.#saved) changes.push(['cursor', cursor])
    this.#saved = cursor
    return changes
  }

  get #cursor(): number {
    const { head } = this
    return head === undefined ? this.#reached : head - 1
  }

  /** The range around a settled number, between the last unsettled one and the next. Adds its numbers to a set. */
  #rangeAround(seq: number, written: Set<number>): [first: number, last: number] {
    let [low, high] = [this.#at, this.#taken.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#taken[middle] ?? 0) < seq) low = middle + 1
      else high = middle
    }
    let before = low - 1
    while (before >= this.#at && this.#settled.has(this.#taken[before] ?? 0)) before--
    let after = low
    while (after < this.#taken.length && this.#settled.has(this.#taken[after] ?? 0)) after++
    for (const one of this.#taken.slice(before + 1, after)) written.add(one)
    const first = before < this.#at ? this.#cursor : (this.#taken[before] ?? 0)
    return [first + 1, (this.#taken[after] ?? this.#reached + 1) - 1]
  }

  #compact(): void {
    this.#taken = this.#taken.slice(this.#at).filter((seq) => !this.#settled.has(seq))
    this.#settled.clear()
    this.#at = 0
  }
}
