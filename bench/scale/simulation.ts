/** Events in order of time, then in the order in which they were added. Times are microseconds. */
export class Simulation {
  now = 0
  readonly random: () => number
  #heap: Event[] = []
  #added = 0

  constructor(seed: number) {
    this.random = mulberry(seed)
  }

  after(delay: number, run: () => void): void {
    const event = { at: this.now + delay, nth: this.#added++, run }
    const heap = this.#heap
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (!above || isBefore(above, event)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  runUntil(end: number): void {
    for (let first = this.#heap[0]; first && first.at <= end; first = this.#heap[0]) {
      this.#removeFirst()
      this.now = first.at
      first.run()
    }
    this.now = end
  }

  /** An exponentially distributed wait with this mean: the time between independent arrivals. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.random())
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left && right && isBefore(right, left)) child++
      const below = heap[child]
      if (!below || isBefore(last, below)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
  }
}

interface Event {
  readonly at: number
  readonly nth: number
  readonly run: () => void
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.nth < b.nth)
}

function mulberry(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
