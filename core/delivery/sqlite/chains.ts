import { type Item, itemOf } from './item.ts'
import type { Link } from './link.ts'
import type { Waiting } from './messages.ts'

/** So many of one key are handed to the lanes; more wait in the database, and hold up no other key. */
export const CROWD = 16
const AGAIN_MS = 1000

interface Chain {
  /** Changes that are not on disk yet: until they are, reading would give what is no longer so. */
  unwritten: number
  reading: boolean
}

interface Parts {
  readonly plugin: string
  readonly link: Link
  readonly inDoubt: (waiting: Waiting) => boolean
  /** How many of this key are in the lanes. */
  readonly inLanes: (key: string) => number
  readonly room: () => number
  readonly onNext: (item: Item) => void
}

/**
 * Keys whose callbacks wait in the database: behind an ordered retry, or because there are too many of them. Whatever
 * comes for such a key goes to the chain's end, so that nothing overtakes.
 */
export class Chains {
  readonly #parts: Parts
  readonly #chains = new Map<string, Chain>()
  /** Those of before the start that nobody has looked at yet. */
  readonly #waiting: string[]

  constructor(parts: Parts, known: readonly string[]) {
    this.#parts = parts
    this.#waiting = known.toReversed()
    for (const key of known) this.#chains.set(key, { unwritten: 0, reading: false })
  }

  has(key: string): boolean {
    return this.#chains.size > 0 && this.#chains.has(key)
  }

  /** Something of this key's chain changes; to be called back once that is on disk. */
  changes(key: string): () => void {
    const chain = this.#chains.get(key) ?? { unwritten: 0, reading: false }
    this.#chains.set(key, chain)
    chain.unwritten++
    return () => {
      chain.unwritten--
      this.resume(key)
    }
  }

  /** Takes up chains of before the start, as far as there is room. */
  start(): void {
    for (let room = this.#parts.room(); room > 0; room--) {
      const key = this.#waiting.pop()
      if (key === undefined) return
      this.resume(key)
    }
  }

  /** Hands over the next ones of a key, once those before them are through. */
  resume(key: string): void {
    const chain = this.#chains.get(key)
    const { plugin, link, inLanes, inDoubt, onNext } = this.#parts
    if (!chain || chain.reading || chain.unwritten > 0 || inLanes(key) > 0) return
    chain.reading = true
    link.send('chain', { plugin, chain: key, limit: CROWD }, (error, rows) => {
      chain.reading = false
      if (error || !rows) {
        setTimeout(() => this.resume(key), AGAIN_MS).unref()
        return
      }
      if (rows.length === 0 && chain.unwritten === 0) this.#chains.delete(key)
      for (const row of rows) onNext(itemOf(row, 'chain', inDoubt(row)))
    })
  }
}
