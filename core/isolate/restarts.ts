const FIRST_MS = 100
const LONGEST_MS = 30_000
/** After running this long, a thread's earlier ends no longer count as in a row. */
const LIFE_MS = 60_000
/** After this many ends in a row without any work in between it is parked. */
const MAX_ENDS = 8
/** How often a parked one is tried again. */
const PARKED_MS = 300_000
/** If it has done some work, no more than this many earlier ends count: it is started again soon, and not parked. */
const AFTER_WORK = 2

/** When a thread that has ended is started again. */
export interface Restart {
  readonly inMs: number
  readonly isParked: boolean
}

/** How soon a thread is started again. The delay grows with every end in a row. */
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
