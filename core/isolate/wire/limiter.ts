/** Lets a number of items pass at once, and then a number per second. Counts those that do not pass. */
export class Limiter {
  readonly #burst: number
  readonly #perMs: number
  readonly #now: () => number
  #room: number
  #at: number
  #dropped = 0

  constructor(burst: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#burst = burst
    this.#perMs = perSecond / 1000
    this.#now = now
    this.#room = burst
    this.#at = now()
  }

  /** @param cost a long line costs more than a short one */
  passes(cost = 1): boolean {
    if (this.#room < this.#burst) this.#refill()
    if (this.#room <= 0) {
      this.#dropped++
      return false
    }
    this.#room -= cost
    return true
  }

  /** How many have not passed since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  #refill(): void {
    const now = this.#now()
    this.#room = Math.min(this.#burst, this.#room + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
