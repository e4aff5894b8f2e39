/** More of them are forgotten before their time: some 200 bytes each is what they may cost. */
const MAX_KEPT = 1_000_000

/** Remembers what came within a window of time, by identity. */
export class Recent<T> {
  readonly #windowMs: number
  readonly #now: () => number
  readonly #entries = new Map<string, { value: T; at: number }>()

  constructor(windowMs: number, now: () => number = Date.now) {
    this.#windowMs = windowMs
    this.#now = now
  }

  get(identity: string): T | undefined {
    const entry = this.#entries.get(identity)
    return entry && entry.at > this.#now() - this.#windowMs ? entry.value : undefined
  }

  /** @param at milliseconds since 1970, not before that of the one added last */
  add(identity: string, value: T, at = this.#now()): void {
    // Deleted first, so that the map's order is that of time and the oldest are at its head.
    this.#entries.delete(identity)
    this.#entries.set(identity, { value, at })
    this.#forget()
  }

  delete(identity: string): void {
    this.#entries.delete(identity)
  }

  #forget(): void {
    const oldest = this.#now() - this.#windowMs
    for (const [identity, { at }] of this.#entries) {
      if (at > oldest && this.#entries.size <= MAX_KEPT) return
      this.#entries.delete(identity)
    }
  }
}
