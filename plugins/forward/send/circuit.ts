/** Settings of the circuit breaker, milliseconds. */
export interface CircuitSettings {
  readonly failures: number
  readonly probeMs: number
  readonly maxProbeMs: number
}

/**
 * What a call may do: `go` ahead; `probe` the target, alone; wait for the `probing` call; or leave the target alone,
 * because the circuit is `open`.
 */
export type Passage = 'go' | 'probe' | 'probing' | 'open'

/**
 * The circuit breaker of a target.
 *
 * - Closed: every call goes ahead. `failures` of them in a row without an answer in between open it.
 * - Open: no call goes ahead until the wait is over. The first call after that is the probe.
 * - Probing: the others wait for the probe. An answer closes the circuit; a failure opens it again, and doubles the wait.
 */
export class Circuit {
  readonly #settings: CircuitSettings | undefined
  readonly #onChange: (isOpen: boolean, openMs: number) => void
  #failures = 0
  #openedAt: number | undefined
  /** On the clock of performance.now(). */
  #probeAt = 0
  #waitMs = 0
  #probe: { readonly ended: Promise<void>; readonly end: () => void } | undefined
  #onVerdict: (() => void)[] = []

  /** @param settings undefined for a circuit that never opens */
  constructor(settings: CircuitSettings | undefined, onChange: (isOpen: boolean, openMs: number) => void) {
    this.#settings = settings
    this.#onChange = onChange
  }

  /** Whether it ever opens. */
  get mayOpen(): boolean {
    return this.#settings !== undefined
  }

  get isOpen(): boolean {
    return this.#openedAt !== undefined
  }

  /** Milliseconds until the next probe. */
  get waitMs(): number {
    return Math.max(1, Math.ceil(this.#probeAt - performance.now()))
  }

  /** Resolves when the probe has ended, one way or the other. */
  get probed(): Promise<void> {
    return this.#probe?.ended ?? Promise.resolve()
  }

  /** Resolves when the target answers, or when the circuit opens; at once for a circuit that never does. */
  get verdict(): Promise<void> {
    if (!this.mayOpen || this.isOpen) return Promise.resolve()
    return new Promise((resolve) => void this.#onVerdict.push(resolve))
  }

  enter(): Passage {
    if (this.#openedAt === undefined) return 'go'
    if (this.#probe) return 'probing'
    if (performance.now() < this.#probeAt) return 'open'
    let end = (): void => undefined
    this.#probe = { ended: new Promise((resolve) => (end = resolve)), end: () => end() }
    return 'probe'
  }

  /** The target has answered. */
  answered(): void {
    this.#failures = 0
    this.#giveVerdict()
    if (this.#openedAt === undefined) return
    const openMs = performance.now() - this.#openedAt
    this.#openedAt = undefined
    this.#endProbe()
    this.#onChange(false, openMs)
  }

  /** The target has failed. Ignores failures of calls that started before it opened. */
  failed(passage: Passage): void {
    if (!this.#settings) return
    const { failures, probeMs, maxProbeMs } = this.#settings
    if (this.#openedAt === undefined) {
      this.#failures++
      if (this.#failures < failures) return
      this.#waitMs = probeMs
      this.#openedAt = performance.now()
      this.#probeAt = this.#openedAt + this.#waitMs
      this.#onChange(true, 0)
      this.#giveVerdict()
    } else if (passage === 'probe') {
      this.#waitMs = Math.min(this.#waitMs * 2, maxProbeMs)
      this.#probeAt = performance.now() + this.#waitMs
      this.#endProbe()
    }
  }

  #giveVerdict(): void {
    if (this.#onVerdict.length > 0) for (const resolve of this.#onVerdict.splice(0)) resolve()
  }

  #endProbe(): void {
    this.#probe?.end()
    this.#probe = undefined
  }
}
