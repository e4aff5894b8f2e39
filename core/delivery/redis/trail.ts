/** Where an entry stands that was handed over without having become pending: `claimed` once SETTLE is told that it does. */
export interface Place {
  readonly entry: string
  state: 'open' | 'done' | 'claimed'
}

/** What is to be written of a trail. */
export interface Stretch {
  /** The group passes everything up to this one. */
  readonly entry: string
  readonly done: readonly Place[]
  /** They are not done, and become pending. */
  readonly claimed: readonly Place[]
}

/**
 * The entries of a partition behind the group's last one that a plugin was given, in their order. While they are done in
 * turn Redis is told of the last of them only.
 */
export class Trail {
  #places: Place[] = []
  /** What came after the last place was not the plugin's, up to this one. */
  #passed: string | undefined
  #isTouched = false

  add(entry: string): Place {
    const place: Place = { entry, state: 'open' }
    this.#places.push(place)
    this.#passed = undefined
    return place
  }

  pass(entry: string): void {
    this.#passed = entry
    this.#isTouched = true
  }

  /** Whether it need not be told of by itself. */
  finish(place: Place): boolean {
    if (place.state !== 'open') return false
    place.state = 'done'
    this.#isTouched = true
    return true
  }

  /** Gives what is to be written: all up to the last one that is done, and up to `until`. Nothing, where that is nothing. */
  cut(until?: Place): Stretch | undefined {
    if (!this.#isTouched && !until) return undefined
    this.#isTouched = false
    const isLast = (place: Place): boolean => place === until || place.state === 'done'
    const places = this.#places.splice(0, this.#places.findLastIndex(isLast) + 1)
    const passed = this.#places.length === 0 ? this.#passed : undefined
    this.#passed = this.#passed === passed ? undefined : this.#passed
    const entry = passed ?? places.at(-1)?.entry
    if (entry === undefined) return undefined
    const claimed = places.filter(({ state }) => state === 'open')
    for (const place of claimed) place.state = 'claimed'
    return { entry, claimed, done: places.filter(({ state }) => state === 'done') }
  }
}
