const MINUTE_MS = 60_000

/** A limit of questions per minute. Times are milliseconds, on the clock of the caller. */
export class Budget {
  readonly #perMinute: number
  #began = -Infinity
  #used = 0

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Takes one if any are left. */
  take(now: number): boolean {
    if (now - this.#began >= MINUTE_MS) {
      this.#began = now
      this.#used = 0
    }
    if (this.#used >= this.#perMinute) return false
    this.#used++
    return true
  }

  /** How long until the next question is allowed. */
  waitMs(now: number): number {
    return Math.max(0, this.#began + MINUTE_MS - now)
  }
}
