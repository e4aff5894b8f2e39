/** How often requests in flight are checked, milliseconds. */
const LOOK_MS = 50

/** Something in flight. */
export interface Watched {
  /** Its index in the list of its watch. */
  place: number
  /** @param now by the clock of performance.now() */
  look(now: number): void
}

/**
 * Looks at what is under way now and then, as long as there is something: a timer and a listener for each request are
 * costly, and most answers come before they are of use.
 */
export class Watch {
  readonly #underWay: Watched[] = []
  #timer: NodeJS.Timeout | undefined

  add(one: Watched): void {
    one.place = this.#underWay.push(one) - 1
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref()
  }

  remove(one: Watched): void {
    if (this.#underWay[one.place] !== one) return
    const last = this.#underWay.pop()
    if (!last || last === one) return
    this.#underWay[one.place] = last
    last.place = one.place
  }

  #look(): void {
    if (this.#underWay.length === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
      return
    }
    const now = performance.now()
    // From the end, since one that ends is replaced by the last one.
    for (let at = this.#underWay.length - 1; at >= 0; at--) this.#underWay[at]?.look(now)
  }
}
