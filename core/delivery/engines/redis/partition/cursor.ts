import { isBehind } from './entry.ts'

/** Where an entry stands that was handed over without having become pending: `claimed` once SETTLE is told that it does. */
export interface Place {
  readonly entry: string
  state: 'open' | 'done' | 'claimed'
}

/** What is to be written of a trail. */
export interface AckRange {
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
export class Cursor {
  #places: Place[] = []
  /** What came after the last place was not the plugin's, up to this one. */
  #skippedTo: string | undefined
  /** How far it goes, and went before that was written. */
  #end: string | undefined
  #isTouched = false

  add(entry: string): Place {
    const place: Place = { entry, state: 'open' }
    this.#places.push(place)
    this.#skippedTo = undefined
    this.#end = entry
    return place
  }

  /** Nothing of the plugin's is left up to this one. Gives whether that is news: a read may begin anew further back. */
  advance(entry: string): boolean {
    if (this.#end !== undefined && !isBehind(entry, this.#end)) return false
    this.#end = entry
    this.#skippedTo = entry
    this.#isTouched = true
    return true
  }

  /** It was not handed over after all, and is read again. */
  remove(place: Place): void {
    this.#places = this.#places.filter((one) => one !== place)
    this.#end = this.#places.at(-1)?.entry
    this.#skippedTo = undefined
  }

  /** Whether it need not be told of by itself. */
  finish(place: Place): boolean {
    if (place.state !== 'open') return false
    place.state = 'done'
    this.#isTouched = true
    return true
  }

  /** Gives what is to be written: all up to the last one that is done, and up to `until`. Nothing, where that is nothing. */
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
