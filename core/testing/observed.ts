/**
 * A promise that knows whether anybody has looked at its result. While the clock is advanced, a callback may fail that
 * nobody awaits yet. That must not end the process, but must not be overlooked either.
 */
export class ObservedPromise<T> extends Promise<T> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  isObserved = false

  /** @param onOverlooked called with the error of each promise that rejects */
  static of<T>(promise: Promise<T>, rejected: (error: unknown, observed: ObservedPromise<T>) => void) {
    const observed = new ObservedPromise<T>((resolve, reject) => void promise.then(resolve, reject))
    // Not by the overridden then: this does not count as looking at it.
    void Promise.prototype.then.call(observed, undefined, (error: unknown) => rejected(error, observed))
    return observed
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<A = T, B = never>(
    resolved?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isObserved = true
    return super.then(resolved, rejected)
  }
}
