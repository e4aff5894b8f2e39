const LONGEST_MS = 600_000
/** Limit of kinds. The oldest gives way to a new one, which always gets through. */
const MAX_KINDS = 10_000

interface Kind<T> {
  latest: T
  /** Events since the last one that was written. */
  repeats: number
  waitMs: number
  dueAt: number
}

/**
 * Writes the first event of a kind at once. While more come, writes the latest with a count, at intervals that double
 * up to ten minutes. Other kinds never delay a new one.
 */
export class Throttle<T> {
  readonly #quietMs: number
  readonly #write: (event: T, repeats: number) => void
  readonly #kinds = new Map<string, Kind<T>>()
  #timer: NodeJS.Timeout | undefined

  /**
   * @param quietMs the first interval, milliseconds
   * @param write `repeats` is the number of events since the last one written, without this one
   */
  constructor(quietMs: number, write: (event: T, repeats: number) => void) {
    this.#quietMs = quietMs
    this.#write = write
  }

  pass(kind: string, event: T): void {
    const known = this.#kinds.get(kind)
    if (known) {
      known.latest = event
      known.repeats++
      return
    }
    if (this.#kinds.size >= MAX_KINDS) this.#forgetOldest()
    const waitMs = this.#quietMs
    this.#kinds.set(kind, { latest: event, repeats: 0, waitMs, dueAt: performance.now() + waitMs })
    this.#timer ??= setInterval(() => this.#writeDue(), this.#quietMs).unref()
    this.#write(event, 0)
  }

  /** Writes the events that were counted and not yet written. */
  flush(): void {
    for (const kind of this.#kinds.values()) this.#writeRepeats(kind)
  }

  #writeDue(): void {
    const now = performance.now()
    for (const [name, kind] of this.#kinds) {
      if (kind.dueAt > now) continue
      if (kind.repeats === 0) this.#kinds.delete(name)
      kind.waitMs = Math.max(this.#quietMs, Math.min(kind.waitMs * 2, LONGEST_MS))
      kind.dueAt = now + kind.waitMs
      this.#writeRepeats(kind)
    }
    if (this.#kinds.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #writeRepeats(kind: Kind<T>): void {
    const { latest, repeats } = kind
    kind.repeats = 0
    if (repeats > 0) this.#write(latest, repeats - 1)
  }

  #forgetOldest(): void {
    for (const [name, kind] of this.#kinds) {
      this.#kinds.delete(name)
      this.#writeRepeats(kind)
      return
    }
  }
}
