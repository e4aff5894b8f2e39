import { isBehind } from './entry.ts'

/** An entry that was handed over without being pending; `claimed` once SETTLE is to make it pending. */
export interface Place {
  readonly entry: string
  state: 'open' | 'done' | 'claimed'
}

/** What one ack says. */
export interface AckRange {
  /** The group moves up to this entry. */
  readonly entry: string
  readonly done: readonly Place[]
  /** Entries that are not done and become pending. */
  readonly claimed: readonly Place[]
}

/**
 * The entries behind the last one of the group that a plugin was given, in order. While they are done in turn, Redis
 * learns of the last one only.
 */
export class Cursor {
  #places: Place[] = []
  /** Entries up to this one, behind the last place, are not for the plugin. */
  #skippedTo: string | undefined
  /** The last entry covered, whether or not that was written. */
  #end: string | undefined
  #isTouched = false

  add(entry: string): Place {
    const place: Place = { entry, state: 'open' }
    this.#places.push(place)
    this.#skippedTo = undefined
    this.#end = entry
    return place
  }

  /**
   * Records that nothing up to this entry is left for the plugin. Returns whether that is new: a read may start further
   * back.
   */
  advance(entry: string): boolean {
    if (this.#end !== undefined && !isBehind(entry, this.#end)) return false
    this.#end = entry
    this.#skippedTo = entry
    this.#isTouched = true
    return true
  }

  /** Removes an entry that was not handed over after all. It will be read again. */
  remove(place: Place): void {
    this.#places = this.#places.filter((one) => one !== place)
    this.#end = this.#places.at(-1)?.entry
    this.#skippedTo = undefined
  }

  /** Marks an entry as done. Returns whether the next ack covers it. */
  finish(place: Place): boolean {
    if (place.state !== 'open') return false
    place.state = 'done'
    this.#isTouched = true
    return true
  }

  /**
   * Returns what to ack: everything up to the last entry that is done, and up to `until`. Undefined if there is
   * nothing.
   */
  takeAckRange(until?: Place): AckRange | undefined {
    if (!this.#isTouched && !until) return undefined
    this.#isTouched = false
    const isLast = (place: Place): boolean => place === until || place.state === 'done'
    const places = this.#places.splice(0, this.#places.findLastIndex(isLast) + 1)
    const skippedTo = this.#places.length === 0 ? this.#skippedTo : undefined
    this.#skippedTo = this.#skippedTo === skippedTo ? undefined : this.#skippedTo
    const entry = skippedTo ?? places.at(-1)?.entry
    if (entry === undefined) return undefined
    const claimed = places.filter(({ state }) => state === 'open')
    for (const place of claimed) place.state = 'claimed'
    return { entry, claimed, done: places.filter(({ state }) => state === 'done') }
  }
}
