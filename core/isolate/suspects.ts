/** How long a suspect that was refused may keep others from starting, milliseconds. */
const TURN_MS = 5000
/** How long a callback is a suspect if it does not come again. */
const SUSPECT_MS = 3_600_000

/**
 * The callbacks that were under way when the thread ended, one of which may have ended it. Each is called alone the next
 * time, so that another end names it.
 */
export class Suspects {
  readonly #until = new Map<string, number>()
  readonly #now: () => number
  /** Until when others wait for a suspect that was refused. */
  #turnUntil = 0
  /** Whether one is under way. */
  #isAlone = false

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  add(ids: Iterable<string>): void {
    for (const id of ids) this.#until.set(id, this.#now() + SUSPECT_MS)
  }

  /**
   * Whether a callback may start now. If so, report its end.
   * @param running counts the calls under way
   */
  starts(id: string, running: () => number): boolean {
    if (this.#until.size === 0) return true
    const now = this.#now()
    for (const [known, until] of this.#until) if (until <= now) this.#until.delete(known)
    if (!this.#until.has(id)) return !this.#isAlone && now >= this.#turnUntil
    if (running() > 0) {
      this.#turnUntil = now + TURN_MS
      return false
    }
    this.#isAlone = true
    return true
  }

  ended(id: string): void {
    if (!this.#until.delete(id)) return
    this.#isAlone = false
    this.#turnUntil = 0
  }

  /** The thread has ended, and all calls with it. */
  clearTurn(): void {
    this.#isAlone = false
    this.#turnUntil = 0
  }
}
