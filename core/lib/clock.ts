/** Time and timers. Tests of plugins have a clock that stands still until it is advanced. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds that only grow, as `performance.now()` gives them. */
  monotonic(): number
  setTimeout(run: () => void, ms: number): Timer
  /** Does nothing if the timer has fired. */
  clearTimeout(timer: Timer | undefined): void
}

/** What `setTimeout` of a clock returns. Only the same clock can clear it. */
export type Timer = object

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout | undefined),
}

interface ManualTimer {
  readonly at: number
  readonly run: () => void
}

/** A clock that moves only when it is advanced. */
export class ManualClock implements Clock {
  readonly #startMs: number
  readonly #timers = new Set<Timer & ManualTimer>()
  #elapsedMs = 0

  /** @param startMs milliseconds since 1970 */
  constructor(startMs = Date.now()) {
    this.#startMs = startMs
  }

  now(): number {
    return this.#startMs + this.#elapsedMs
  }

  monotonic(): number {
    return this.#elapsedMs
  }

  setTimeout(run: () => void, ms: number): Timer {
    // As Node does, so that a timer that sets itself again cannot stop the time.
    const timer = { at: this.#elapsedMs + Math.max(1, ms), run }
    this.#timers.add(timer)
    return timer
  }

  clearTimeout(timer: Timer | undefined): void {
    if (timer) this.#timers.delete(timer as ManualTimer)
  }

  /**
   * Moves on by `ms` milliseconds and fires what is due on the way, in the order of its time.
   * @param settle awaited before the first timer and after each, so that whatever it starts can set more timers
   */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const end = this.#elapsedMs + ms
    await settle()
    for (let timer = this.#next(end); timer; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#elapsedMs = timer.at
      timer.run()
      await settle()
    }
    this.#elapsedMs = end
  }

  #next(end: number): (Timer & ManualTimer) | undefined {
    let next: ManualTimer | undefined
    for (const timer of this.#timers) if (timer.at <= end && (!next || timer.at < next.at)) next = timer
    return next
  }
}
