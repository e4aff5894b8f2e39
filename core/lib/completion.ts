/** A result that is already there, as most are, or a promise of it: a promise costs more than most of the work. */
export type Awaitable<T> = T | Promise<T>

/** Passes a result on, at once or when it is there. */
export function andThen<A, B>(result: Awaitable<A>, next: (value: A) => Awaitable<B>): Awaitable<B> {
  return result instanceof Promise ? result.then(next) : next(result)
}

/** Waits for a result. Must not throw: that would break whoever resolves it. */
export interface Listener<T> {
  resolved(value: T): void
  rejected(error: unknown): void
}

/**
 * A result that is still pending. Listeners are called synchronously: a promise and its microtasks cost more than most
 * of the work that is waited for. It can be awaited, also more than once.
 */
export class Completion<T> {
  #listener: Listener<T> | undefined
  #state: 'pending' | 'resolved' | 'rejected' = 'pending'
  /** The value or the error, without a wrapper object for each result. */
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

  /** Like `then`, but without creating two functions for each result. */
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

/** Combines two listeners. Nearly every result has one, so no list is made. */
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
