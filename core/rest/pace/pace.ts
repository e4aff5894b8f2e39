import type { Clock } from './clock.ts'

const SLOWEST = 32
/** How long all calls wait after a code of too many calls. */
export const RATE_PAUSE_MS = 1000
const RECOVERY_MS = 10_000

/**
 * The rate limiter of one app: each API has its own rate, and all of them slow down or stop when Tencent says so. Those
 * of libraries neither slow down together nor take another clock.
 */
export class Pace {
  readonly #clock: Clock
  readonly #next = new Map<string, number>()
  #slowness = 1
  #changedAt = -Infinity
  #pausedUntil = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Resolves when a call of this API may be sent; rejects when the signal is aborted before. */
  async acquire(api: string, perSecond: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted()
      const pause = this.#pausedUntil - this.#clock.now()
      if (pause > 0) {
        await this.#clock.sleep(pause, signal)
        continue
      }
      const wait = this.#reserve(api, perSecond)
      if (wait <= 0) return
      await this.#clock.sleep(wait, signal)
      if (this.#pausedUntil <= this.#clock.now()) return
    }
  }

  /**
   * Handles a code of too many calls: all calls wait a second, and then have half the rate until no such code has come for
   * a while. Returns whether this is new.
   */
  slowDown(): boolean {
    const now = this.#clock.now()
    // Calls that were under way together count once.
    if (now < this.#pausedUntil) return false
    this.#slowness = Math.min(SLOWEST, this.#slowness * 2)
    this.#changedAt = now
    return this.pause(RATE_PAUSE_MS)
  }

  /** Stops all calls for this many milliseconds. Returns whether this is new. */
  pause(ms: number): boolean {
    const now = this.#clock.now()
    const isNews = now >= this.#pausedUntil
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms)
    return isNews
  }

  /**
   * Reserves the next call of an API, and returns how long to wait for it. A tenth of a second's calls may go at once, and
   * the rest evenly at nine tenths of the rate. So no window of a second has more calls than allowed, however Tencent
   * counts.
   */
  #reserve(api: string, perSecond: number): number {
    const now = this.#clock.now()
    this.#recover(now)
    const burst = Math.max(1, Math.floor(perSecond / 10))
    const interval = (1000 / Math.max(1, perSecond - (burst > 1 ? burst : 0))) * this.#slowness
    const at = Math.max(now, this.#next.get(api) ?? -Infinity)
    this.#next.set(api, at + interval)
    return Math.round(at - now - (burst - 1) * interval)
  }

  #recover(now: number): void {
    while (this.#slowness > 1 && now - this.#changedAt >= RECOVERY_MS) {
      this.#slowness /= 2
      this.#changedAt += RECOVERY_MS
    }
  }
}
