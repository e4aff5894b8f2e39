const MINUTE_MS = 60_000

/** So many questions a minute. Times are milliseconds, by the clock of the caller. */
export class Budget {
  readonly #perMinute: number
  #began = -Infinity
  #used = 0

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /** Takes one if any is left. */
  take(now: number): boolean {
    if (now - this.#began >= MINUTE_MS) {
      this.#began = now
      this.#used = 0
    }
    if (this.#used >= this.#perMinute) return false
    this.#used++
    return true
  }

  /** When there are questions again, from now. */
  waitMs(now: number): number {
    return Math.max(0, this.#began + MINUTE_MS - now)
  }
}
