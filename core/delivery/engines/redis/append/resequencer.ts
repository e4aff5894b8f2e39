import type { Gaps } from './gaps.ts'

/** How long what was stored before may take to be heard of: it comes over another connection. */
const PATIENCE_MS = 10

/**
 * Puts what this process is told of in the order in which it was stored, by the numbers that Redis gives it. A number that
 * does not come is a gap.
 */
export class Resequencer {
  readonly #gaps: Gaps
  /** Nothing, where whatever comes next may have a gap before it. */
  #next: number | undefined
  readonly #early = new Map<number, () => void>()
  #isWaiting = false

  constructor(gaps: Gaps) {
    this.#gaps = gaps
  }

  /** @param tell called when all before it was told of, or counts as a gap */
  take(number: number, handOver: () => void): void {
    if (this.#next !== undefined && number > this.#next) {
      this.#early.set(number, handOver)
      this.#wait()
      return
    }
    // One that was given up, or Redis has begun to count anew.
    if (number !== this.#next) this.#gaps.count++
    this.#handOverFrom(number, handOver)
  }

  /** Something was lost, or may have been. */
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
    // What has come in time is read before it is given up, as an event loop goes round.
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
