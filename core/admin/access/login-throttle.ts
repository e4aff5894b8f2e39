const WINDOW_MS = 60_000
/** Wrong tokens that one address may send in a window, and all addresses together. */
const LIMITS = { address: 5, all: 50 }

/** Counts wrong tokens, so that nobody can try many. */
export class LoginThrottle {
  #window = 0
  #all = 0
  readonly #byAddress = new Map<string, number>()

  /** How long a login from this address has to wait, milliseconds; 0 if it may be tried now. */
  waitMs(address: string, now: number): number {
    this.#advance(now)
    const isOver = this.#all >= LIMITS.all || (this.#byAddress.get(address) ?? 0) >= LIMITS.address
    return isOver ? WINDOW_MS - (now % WINDOW_MS) : 0
  }

  failed(address: string, now: number): void {
    this.#advance(now)
    this.#all++
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
  }

  #advance(now: number): void {
    const window = Math.floor(now / WINDOW_MS)
    if (window === this.#window) return
    this.#window = window
    this.#all = 0
    this.#byAddress.clear()
  }
}
