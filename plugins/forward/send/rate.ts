const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000 }

/** Spaces calls evenly, at a rate such as `100/s`. */
export class Rate {
  readonly #intervalMs: number
  /** When the next call may start, on the clock of performance.now(). */
  #nextAt = 0

  constructor(rate: string) {
    const [count, unit] = rate.split('/')
    this.#intervalMs = UNIT_MS[unit as keyof typeof UNIT_MS] / Number(count)
  }

  /**
   * Reserves a place for a call and returns how long it has to wait, milliseconds. If that is more than `maxMs`, nothing
   * is reserved.
   */
  reserve(maxMs: number): number {
    const now = performance.now()
    const waitMs = Math.max(0, this.#nextAt - now)
    if (waitMs <= maxMs) this.#nextAt = now + waitMs + this.#intervalMs
    return waitMs
  }
}
