const FIRST_MS = 100
const LONGEST_MS = 30_000
/** A thread that lived so long has not ended again. */
const LIFE_MS = 60_000
/** Ends in a row without any work in between, after which it is parked. */
const MAX_ENDS = 8
/** How often it is tried again then. */
const PARKED_MS = 300_000
/** Ends in a row that count after a start that has done some work: it is started again soon, and not parked. */
const AFTER_WORK = 2

/** When a thread that has ended is started again. */
export interface Restart {
  readonly inMs: number
  readonly isParked: boolean
}

/** How soon a thread is started again: later with every end in a row. */
export class Restarts {
  #ends = 0
  count = 0

  /** @param lived how long it ran, milliseconds. `hasWorked`: whether it has answered any call */
  next(lived: number, hasWorked: boolean): Restart {
    if (lived >= LIFE_MS) this.#ends = 0
    else if (hasWorked) this.#ends = Math.min(this.#ends, AFTER_WORK)
    this.#ends++
    this.count++
    if (this.#ends >= MAX_ENDS) return { inMs: PARKED_MS, isParked: true }
    return { inMs: Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#ends - 1)), isParked: false }
  }
}
