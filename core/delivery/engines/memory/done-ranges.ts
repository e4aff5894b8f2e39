interface DoneRange {
  readonly first: number
  readonly last: number
}

/** Ranges of numbers that are settled beyond a cursor, sorted and without overlaps. */
export class DoneRanges {
  #ranges: DoneRange[] = []

  /** Adds a range, which replaces those within it. */
  add(first: number, last: number): void {
    const from = this.#indexOf(first)
    let to = from
    while (to < this.#ranges.length && (this.#ranges[to]?.last ?? Infinity) <= last) to++
    this.#ranges.splice(from, to - from, { first, last })
  }

  has(seq: number): boolean {
    return (this.#ranges[this.#indexOf(seq + 1) - 1]?.last ?? 0) >= seq
  }

  /** Drops the ranges that a cursor has passed. */
  dropTo(cursor: number): void {
    let count = 0
    while ((this.#ranges[count]?.last ?? Infinity) <= cursor) count++
    if (count > 0) this.#ranges.splice(0, count)
  }

  /** The index of the first range that begins at or after a number. */
  #indexOf(first: number): number {
    let low = 0
    let high = this.#ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ranges[middle]?.first ?? Infinity) >= first) high = middle
      else low = middle + 1
    }
    return low
  }
}
