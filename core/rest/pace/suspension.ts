import type { Clock } from './clock.ts'
import type { Failure } from './failure.ts'

/** How long no call is sent after a code that says the app's settings are wrong. */
export const SUSPENSION_MS = 300_000

/** Holds back calls that cannot succeed. Callbacks are still accepted. */
export class Suspension {
  readonly #clock: Clock
  #until = -Infinity
  #errorCode: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Starts the suspension. Returns whether this is new. */
  begin(errorCode: number): boolean {
    const isNews = this.#clock.now() >= this.#until
    if (isNews) this.#until = this.#clock.now() + SUSPENSION_MS
    this.#errorCode = errorCode
    return isNews
  }

  /** Why no call is sent now; undefined when calls may be sent. */
  failure(): Failure | undefined {
    const leftMs = this.#until - this.#clock.now()
    if (leftMs <= 0 || this.#errorCode === undefined) return undefined
    return {
      kind: 'suspended',
      outcomeUnknown: false,
      sentence: `not sent: after code ${this.#errorCode} calls are paused for another ${Math.ceil(leftMs / 1000)} s`,
      hint: "Correct the app's `rest:` settings, or those in the console, and start again.",
      errorCode: this.#errorCode,
    }
  }
}
