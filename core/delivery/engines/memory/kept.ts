import { type StoredCallback, storedOf } from '../../../callback/callback.ts'
import type { WaitingCallback } from '../../callback-log.ts'
import type { Undelivered } from '../../delivery.ts'
import type { Entry } from '../../history.ts'
import { refusedFingerprint, refusedOf } from '../../record-refused.ts'

/** A callback of the history. `order` increases with each. */
export type Item = StoredItem | UndeliveredItem

/** One object, shared with the log: each further long-lived object costs the garbage collector time. */
export interface StoredItem extends WaitingCallback {
  readonly order: number
  /** The plugins that get it, as JSON. */
  readonly plugins: string
  /** Its entry in the resend window. */
  readonly entry: number
}

export interface UndeliveredItem extends StoredCallback {
  readonly order: number
  readonly undelivered: NonNullable<Entry['undelivered']>
  /** Of a refused callback. */
  readonly fingerprint: string | undefined
  resends: number
}

/** The name of a callback in requests. */
export function refOf(item: Item): string {
  return 'undelivered' in item ? `kept-${item.order}` : String(item.seq)
}

/** How many callbacks, and characters of their bodies, the history keeps at least. */
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

  /** The order of the next item. */
  next(): number {
    return ++this.#last
  }

  /** A refused callback that is already there counts as its resend. */
  addUndelivered(callback: StoredCallback, undelivered: Undelivered): void {
    if (undelivered.as === 'decided') {
      const { outcome, code, failed } = undelivered
      const about = { undelivered: { outcome, code, failed }, fingerprint: undefined, resends: 0 }
      return this.add({ order: this.next(), ...storedOf(callback), ...about })
    }
    const { raw, error } = refusedOf(callback, undelivered.error)
    const fingerprint = refusedFingerprint(callback, { raw, error })
    const known = this.#items.find((item) => 'fingerprint' in item && item.fingerprint === fingerprint)
    if (known && 'fingerprint' in known) {
      known.resends++
      return
    }
    const about = { outcome: 'refused', code: 0, failed: false, error } as const
    this.add({ order: this.next(), ...storedOf(callback), raw, undelivered: about, fingerprint, resends: 0 })
  }

  /** Drops half at a time, so that it costs little for each. */
  add(item: Item): void {
    this.#items.push(item)
    this.#characters += item.raw.length
    if (this.#items.length <= 2 * MAX_ITEMS && this.#characters <= 2 * MAX_CHARACTERS) return
    let count = this.#items.length
    let characters = 0
    for (let kept = 0; kept < MAX_ITEMS && characters <= MAX_CHARACTERS; kept++)
      characters += this.#items[--count]?.raw.length ?? 0
    this.#items = this.#items.slice(count)
    this.#characters = characters
  }
}
