const LIMIT_US = 4_000_000

/** Counts times of up to four seconds, in microseconds. */
export class Histogram {
  readonly #counts = new Uint32Array(LIMIT_US + 1)
  #total = 0

  add(ms: number): void {
    const us = Math.min(LIMIT_US, Math.max(0, Math.round(ms * 1000)))
    this.#counts[us] = (this.#counts[us] ?? 0) + 1
    this.#total++
  }

  get total(): number {
    return this.#total
  }

  /** The quantile of all times, in milliseconds. */
  quantile(fraction: number): number {
    const rank = Math.ceil(fraction * this.#total)
    let seen = 0
    for (let us = 0; us <= LIMIT_US; us++) {
      seen += this.#counts[us] ?? 0
      if (seen >= rank) return us / 1000
    }
    return LIMIT_US / 1000
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
  }
}
