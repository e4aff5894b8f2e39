import { TimeoutError } from './within.ts'

/** Somebody who waits. */
export interface Wait {
  /** When that has been long enough, on the clock of `performance.now()`. */
  readonly at: number
  readonly limitMs: number
  readonly onLate: (error: TimeoutError) => void
}

/** Ends many waits that last too long, with one timer: making one for each costs more than most of what is waited for. */
export class Deadlines {
  readonly #waits = new Set<Wait>()
  #timer: NodeJS.Timeout | undefined
  #wakesAt = Infinity

  add(wait: Wait): void {
    this.#waits.add(wait)
    if (wait.at < this.#wakesAt) this.#wakeAt(wait.at)
  }

  /** @returns whether it was still waiting */
  remove(wait: Wait): boolean {
    return this.#waits.delete(wait)
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#timer)
    this.#wakesAt = at
    // Early by a fraction of a millisecond would mean to come again at once.
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(at - performance.now())).unref()
  }

  #wake(): void {
    this.#wakesAt = Infinity
    const now = performance.now()
    let next = Infinity
    for (const wait of this.#waits) {
      if (wait.at > now) next = Math.min(next, wait.at)
      else {
        this.#waits.delete(wait)
        wait.onLate(new TimeoutError(wait.limitMs))
      }
    }
    if (next < Infinity) this.#wakeAt(next)
  }
}
