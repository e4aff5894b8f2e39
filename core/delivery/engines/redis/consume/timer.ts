const LONGEST_MS = 60_000

/** Fires at the earliest of the times that it was set to. */
export class Timer {
  readonly #ring: () => void
  #timer: NodeJS.Timeout | undefined
  #at = Infinity
  #closed = false

  constructor(ring: () => void) {
    this.#ring = ring
  }

  /** @param at on the clock of `performance.now()` */
  set(at: number): void {
    if (this.#closed || at >= this.#at) return
    this.#at = at
    clearTimeout(this.#timer)
    // It may fire early; the callback checks the time itself.
    const inMs = Math.min(Math.max(1, Math.ceil(at - performance.now())), LONGEST_MS)
    this.#timer = setTimeout(() => {
      this.#at = Infinity
      this.#ring()
    }, inMs).unref()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }
}
