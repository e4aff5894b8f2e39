import type { StoredCallback } from '../../../callback/callback.ts'
import type { WaitingCallback } from '../../callback-log.ts'
import type { Undelivered } from '../../delivery.ts'
import type { Entry } from '../../history.ts'
import { refusedFingerprint, refusedOf } from '../../record-refused.ts'

/** A callback of the history. `order` grows with each. */
export type Item = StoredItem | UndeliveredItem

export interface StoredItem {
  readonly order: number
  readonly callback: WaitingCallback
  /** The plugins that get it, as JSON. */
  readonly plugins: string
  /** Its entry in the resend window. */
  readonly entry: number
}

export interface UndeliveredItem {
  readonly order: number
  readonly callback: StoredCallback
  readonly undelivered: NonNullable<Entry['undelivered']>
  /** Of a refused one. */
  readonly fingerprint: string | undefined
  resends: number
}

/** The callbacks, and the characters of their bodies, that the history has at least, if there were so many. */
const MAX_ITEMS = 10_000
const MAX_CHARACTERS = 16_000_000

/** The newest callbacks, oldest first. */
export class Kept {
  #items: Item[] = []
  #characters = 0
  #last = 0

  get items(): readonly Item[] {
    return this.#items
  }

  get last(): number {
    return this.#last
  }

  addStored(callback: WaitingCallback, plugins: string, entry: number): void {
    this.#add({ order: ++this.#last, callback, plugins, entry })
  }

  /** A refused one that is there already is counted on that. */
  addUndelivered(callback: StoredCallback, undelivered: Undelivered): void {
    if (undelivered.as === 'decided') {
      const { outcome, code, failed } = undelivered
      const item = { callback, undelivered: { outcome, code, failed }, fingerprint: undefined, resends: 0 }
      return this.#add({ order: ++this.#last, ...item })
    }
    const { raw, error } = refusedOf(callback, undelivered.error)
    const fingerprint = refusedFingerprint(callback, { raw, error })
    const known = this.#items.find((item) => 'fingerprint' in item && item.fingerprint === fingerprint)
    if (known && 'fingerprint' in known) {
      known.resends++
      return
    }
    const about = { outcome: 'refused', code: 0, failed: false, error } as const
    this.#add({ order: ++this.#last, callback: { ...callback, raw }, undelivered: about, fingerprint, resends: 0 })
  }

  /** Drops half at a time, so that it costs little for each. */
  #add(item: Item): void {
    this.#items.push(item)
    this.#characters += item.callback.raw.length
    if (this.#items.length <= 2 * MAX_ITEMS && this.#characters <= 2 * MAX_CHARACTERS) return
    let count = this.#items.length
    let characters = 0
    for (let kept = 0; kept < MAX_ITEMS && characters <= MAX_CHARACTERS; kept++)
      characters += this.#items[--count]?.callback.raw.length ?? 0
    this.#items = this.#items.slice(count)
    this.#characters = characters
  }
}
