/** The calls under way, which end together when the server stops. */
export class UnderWay {
  readonly #stopping: AbortSignal
  readonly #calls = new Set<AbortController>()

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
    // One listener for all calls, since AbortSignal.any would leak memory with each call.
    stopping.addEventListener('abort', () => {
      for (const call of this.#calls) call.abort()
    })
  }

  /** Runs a call with a signal that aborts when the server stops, or with the caller's own signal. */
  async run<T>(own: AbortSignal | undefined, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    const abort = (): void => controller.abort()
    if (this.#stopping.aborted || own?.aborted === true) abort()
    own?.addEventListener('abort', abort)
    this.#calls.add(controller)
    try {
      return await call(controller.signal)
    } finally {
      this.#calls.delete(controller)
      own?.removeEventListener('abort', abort)
    }
  }
}
