/**
 * A result that is still to come, for one listener, who is told at once: a promise and the turn of the queue of promises
 * that each of its links takes cost more than most of what is waited for. It can be awaited.
 */
export class Later<T> {
  #onValue: ((value: T) => void) | undefined
  #onError: ((error: unknown) => void) | undefined
  #isOver = false
  #come: { readonly value: T } | { readonly error: unknown } | undefined

  resolve(value: T): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#onValue) this.#onValue(value)
    else this.#come = { value }
  }

  reject(error: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#onError) this.#onError(error)
    else this.#come = { error }
  }

  /** Listeners must not throw: whoever told them would have to bear it. */
  // oxlint-disable-next-line unicorn/no-thenable -- so that it can be awaited as a promise can
  then(onValue: (value: T) => void, onError: (error: unknown) => void = ignore): void {
    const come = this.#come
    if (!come) {
      this.#onValue = onValue
      this.#onError = onError
    } else if ('value' in come) onValue(come.value)
    else onError(come.error)
  }

  /** The result changed, once it has come. */
  map<U>(change: (value: T) => U): Later<U> {
    const changed = new Later<U>()
    this.then(
      (value) => changed.resolve(change(value)),
      (error) => changed.reject(error),
    )
    return changed
  }
}

function ignore(): void {}
