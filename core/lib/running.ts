/** Counts what is under way. */
export class Running {
  #count = 0
  #onIdle: (() => void)[] = []

  get count(): number {
    return this.#count
  }

  enter(): void {
    this.#count++
  }

  leave(): void {
    this.#count--
    if (this.#count === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  /** Resolves once nothing is under way. */
  idle(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => void this.#onIdle.push(resolve))
  }
}
