import type { Gaps } from './gaps.ts'

/** How long a missing number may take to arrive: notifications come over another connection than replies. */
const PATIENCE_MS = 10

/**
 * Puts the entries that this process learns of into the order in which Redis numbered them. A number that does not
 * arrive is a gap.
 */
export class Resequencer {
  readonly #gaps: Gaps
  /** Undefined after a restart: whatever comes next may have a gap before it. */
  #next: number | undefined
  readonly #early = new Map<number, () => void>()
  #isWaiting = false

  constructor(gaps: Gaps) {
    this.#gaps = gaps
  }

  /** @param handOver called once all numbers before it were handed over or count as gaps */
  take(number: number, handOver: () => void): void {
    if (this.#next !== undefined && number > this.#next) {
      this.#early.set(number, handOver)
      this.#wait()
      return
    }
    // Either a number that was skipped before, or Redis counts from the start again.
    if (number !== this.#next) this.#gaps.count++
    this.#handOverFrom(number, handOver)
  }

  /** Call this when notifications were lost, or may have been. */
  restart(): void {
    this.#gaps.count++
    this.#next = undefined
  }

  #handOverFrom(number: number, first: () => void): void {
    let next = number
    for (let handOver: (() => void) | undefined = first; handOver; handOver = this.#early.get(next)) {
      this.#early.delete(next)
      this.#next = ++next
      handOver()
    }
  }

  #wait(): void {
    // What has arrived by then is read first, before the gap is skipped.
    if (this.#isWaiting) return
    this.#isWaiting = true
    setTimeout(() => setImmediate(() => this.#skipGap()), PATIENCE_MS).unref()
  }

  #skipGap(): void {
    this.#isWaiting = false
    const first = Math.min(...this.#early.keys())
    const handOver = this.#early.get(first)
    if (!handOver) return
    this.#gaps.count++
    this.#handOverFrom(first, handOver)
    if (this.#early.size > 0) this.#wait()
  }
}
