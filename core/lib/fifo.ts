const COMPACT_AT = 1024

/** A queue in constant time however long it gets: an array's `shift` moves every item. */
export class Queue<T> {
  #items: (T | undefined)[] = []
  #head = 0
  readonly #first: T[] = []

  get size(): number {
    return this.#first.length + this.#items.length - this.#head
  }

  put(item: T): void {
    this.#items.push(item)
  }

  /** Adds an item before all others. */
  putFirst(item: T): void {
    this.#first.push(item)
  }

  take(): T | undefined {
    const first = this.#first.pop()
    if (first !== undefined) return first
    const item = this.#items[this.#head]
    if (item === undefined) return undefined
    this.#items[this.#head++] = undefined
    if (this.#head >= COMPACT_AT && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
