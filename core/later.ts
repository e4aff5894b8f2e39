/** Who waits for a result. Must not throw: whoever told it would have to bear that. */
export interface Listener<T> {
  resolved(value: T): void
  rejected(error: unknown): void
}

/**
 * A result that is still to come, for one listener, who is told at once: a promise and the turn of the queue of promises
 * that each of its links takes cost more than most of what is waited for. It can be awaited.
 */
export class Later<T> {
  #listener: Listener<T> | undefined
  #isOver = false
  #come: { readonly value: T } | { readonly error: unknown } | undefined

  resolve(value: T): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#listener) this.#listener.resolved(value)
    else this.#come = { value }
  }

  reject(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#listener) this.#listener.rejected(error)
    else this.#come = { error }
  }

  /** As `then`, without two functions for each result. */
  notify(listener: Listener<T>): void {
    const come = this.#come
    if (!come) this.#listener = listener
    else if ('value' in come) listener.resolved(come.value)
    else listener.rejected(come.error)
  }

  // oxlint-disable-next-line unicorn/no-thenable -- so that it can be awaited as a promise can
  then(resolved: (value: T) => void, rejected: (error: unknown) => void = ignore): void {
    this.notify({ resolved, rejected })
  }
}

function ignore(): void {}
