/** More of them are forgotten before their time: some 200 bytes each is what they may cost. */
const MAX_KEPT = 1_000_000

/** What is remembered. */
interface Dated {
  /** Milliseconds since 1970. */
  readonly at: number
}

/** Remembers what came within a window of time, by identity. */
export class Recent<T extends Dated> {
  readonly #windowMs: number
  readonly #now: () => number
  readonly #entries = new Map<string, T>()
  /**
   * Goes through the entries, the oldest first, and is kept: one made anew for each would have to step over all that
   * were deleted at the map's head.
   */
  #ages = this.#entries.entries()
  #oldest: readonly [string, T] | undefined

  constructor(windowMs: number, now: () => number = Date.now) {
    this.#windowMs = windowMs
    this.#now = now
  }

  get(identity: string): T | undefined {
    const value = this.#entries.get(identity)
    return value && value.at > this.#now() - this.#windowMs ? value : undefined
  }

  /** @param value not older than the one added last */
  add(identity: string, value: T): void {
    // Deleted first, so that the map's order is that of time and the oldest are at its head.
    this.#entries.delete(identity)
    this.#entries.set(identity, value)
    this.#forget()
  }

  delete(identity: string): void {
    this.#entries.delete(identity)
  }

  #forget(): void {
    const ends = this.#now() - this.#windowMs
    while (this.#entries.size > 0) {
      this.#oldest ??= this.#next()
      const [identity, value] = this.#oldest
      const isThere = this.#entries.get(identity) === value
      if (isThere && value.at > ends && this.#entries.size <= MAX_KEPT) return
      if (isThere) this.#entries.delete(identity)
      this.#oldest = undefined
    }
  }

  /** The one after the oldest of before. An iterator that came to the end is no good any more, whatever is added. */
  #next(): readonly [string, T] {
    let step = this.#ages.next()
    while (step.done) {
      this.#ages = this.#entries.entries()
      step = this.#ages.next()
    }
    return step.value
  }
}
