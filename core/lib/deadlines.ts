import { TimeoutError } from './timeout.ts'

/** Called when its time is over. */
export interface Late {
  late(error: TimeoutError): void
}

/** A wait that ends at a time on the clock of `performance.now()`. */
export class Wait {
  readonly at: number
  readonly waiter: Late
  before: Wait | undefined
  after: Wait | undefined
  isOver = false

  constructor(at: number, waiter: Late) {
    this.at = at
    this.waiter = waiter
  }
}

/**
 * Times out many waits with a single timer: a timer for each costs more than most of the work that is waited for. The
 * waits are a linked list. The old tables of a Set would keep past entries alive until they are collected.
 */
export class Deadlines {
  readonly #limitMs: number
  #first: Wait | undefined
  #last: Wait | undefined
  #timer: NodeJS.Timeout | undefined
  #wakesAt = Infinity

  constructor(limitMs: number) {
    this.#limitMs = limitMs
  }

  /** @param startedAt when the limit began to run, on the clock of `performance.now()` */
  add(startedAt: number, waiter: Late): Wait {
    const wait = new Wait(startedAt + this.#limitMs, waiter)
    wait.before = this.#last
    if (this.#last) this.#last.after = wait
    else this.#first = wait
    this.#last = wait
    if (wait.at < this.#wakesAt) this.#wakeAt(wait.at)
    return wait
  }

  /** @returns whether the wait was still pending */
  remove(wait: Wait): boolean {
    if (wait.isOver) return false
    wait.isOver = true
    const { before, after } = wait
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    wait.before = undefined
    wait.after = undefined
    return true
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#timer)
    this.#wakesAt = at
    // Rounded up: a timer that fires a fraction of a millisecond early would have to be set again.
    this.#timer = setTimeout(() => this.#wake(), Math.ceil(at - performance.now())).unref()
  }

  #wake(): void {
    this.#wakesAt = Infinity
    const now = performance.now()
    const due: Wait[] = []
    let next = Infinity
    for (let wait = this.#first; wait; wait = wait.after) {
      if (wait.at > now) next = Math.min(next, wait.at)
      else due.push(wait)
    }
    // Set before the waiters are called: they may add a wait that ends sooner.
    if (next < Infinity) this.#wakeAt(next)
    // The list is in the order of adding, and a late timer may find several due.
    due.sort((a, b) => a.at - b.at)
    for (const wait of due) if (this.remove(wait)) wait.waiter.late(new TimeoutError(this.#limitMs))
  }
}
