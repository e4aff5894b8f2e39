/** Who waits for a result. Must not throw: whoever told it would have to bear that. */
export interface Listener<T> {
  resolved(value: T): void
  rejected(error: unknown): void
}

/**
 * A result that is still to come. Who listens is told at once: a promise and the turn of the queue of promises that each of
 * its links takes cost more than most of what is waited for. It can be awaited, by several.
 */
export class Completion<T> {
  #listener: Listener<T> | undefined
  #state: 'pending' | 'resolved' | 'rejected' = 'pending'
  /** The value or the error: no object of its own for each result. */
  #result: unknown

  resolve(value: T): void {
    if (this.#state !== 'pending') return
    this.#state = 'resolved'
    this.#result = value
    this.#listener?.resolved(value)
  }

  reject(error: unknown): void {
    if (this.#state !== 'pending') return
    this.#state = 'rejected'
    this.#result = error
    this.#listener?.rejected(error)
  }

  /** As `then`, without two functions for each result. */
  notify(listener: Listener<T>): void {
    if (this.#state === 'resolved') listener.resolved(this.#result as T)
    else if (this.#state === 'rejected') listener.rejected(this.#result)
    else this.#listener = this.#listener ? new Both(this.#listener, listener) : listener
  }

  // oxlint-disable-next-line unicorn/no-thenable -- so that it can be awaited as a promise can
  then(resolved: (value: T) => void, rejected: (error: unknown) => void = ignore): void {
    this.notify({ resolved, rejected })
  }
}

/** Two listeners as one: nearly every result has a single one, and spares a list. */
class Both<T> implements Listener<T> {
  readonly #first: Listener<T>
  readonly #second: Listener<T>

  constructor(first: Listener<T>, second: Listener<T>) {
    this.#first = first
    this.#second = second
  }

  resolved(value: T): void {
    this.#first.resolved(value)
    this.#second.resolved(value)
  }

  rejected(error: unknown): void {
    this.#first.rejected(error)
    this.#second.rejected(error)
  }
}

function ignore(): void {}
