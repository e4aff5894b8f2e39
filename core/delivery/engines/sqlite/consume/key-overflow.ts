import { type Item, itemOf } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

/** So many of one key are handed to the lanes; more wait in the database, and hold up no other key. */
export const MAX_PREFETCH_PER_KEY = 16
const RETRY_AFTER_MS = 1000

interface Chain {
  /** Changes that are not on disk yet: until they are, reading would give what is no longer so. */
  unwritten: number
  reading: boolean
  /** It is among those that wait for the plugin to come as far as its first one. */
  waits: boolean
}

/** A chain in the database, and the number of its first callback. */
export interface KnownChain {
  readonly key: string
  readonly first: number
}

interface KeyOverflowDeps {
  readonly plugin: string
  readonly client: SqliteClient
  readonly isSuspect: (waiting: Waiting) => boolean
  /** How many of this key are in the lanes. */
  readonly prefetchedOf: (key: string) => number
  readonly room: () => number
  /** Whatever came up to this number, and was not in a chain at the start, has been handed to the lanes or to a chain since. */
  readonly reached: () => number
  readonly onNext: (item: Item) => void
}

/**
 * Keys whose callbacks wait in the database: behind an ordered retry, or because there are too many of them. Whatever
 * comes for such a key goes to its chain, which is in the order of receipt. After a restart there may be callbacks of a key that
 * came before those of its chain and are read anew: so no chain is read further than the plugin has reached.
 */
export class KeyOverflow {
  readonly #deps: KeyOverflowDeps
  readonly #chains = new Map<string, Chain>()
  /** Those whose first one has not been reached yet, or that nobody has looked at since the start; the smallest last. */
  readonly #waiting: KnownChain[]

  constructor(deps: KeyOverflowDeps, known: readonly KnownChain[]) {
    this.#deps = deps
    this.#waiting = known.toSorted((one, other) => other.first - one.first)
    for (const { key } of known) this.#chains.set(key, { unwritten: 0, reading: false, waits: true })
  }

  has(key: string): boolean {
    return this.#chains.size > 0 && this.#chains.has(key)
  }

  /** Something of this key's chain changes; to be called back once that is on disk. */
  changes(key: string): () => void {
    const chain = this.#chains.get(key) ?? { unwritten: 0, reading: false, waits: false }
    this.#chains.set(key, chain)
    chain.unwritten++
    return () => {
      chain.unwritten--
      this.resume(key)
    }
  }

  /** Takes up chains whose first one has been reached, as far as there is room. */
  start(): void {
    if (this.#waiting.length === 0) return
    const reached = this.#deps.reached()
    for (let room = this.#deps.room(); room > 0; room--) {
      const next = this.#waiting.at(-1)
      if (!next || next.first > reached) return
      this.#waiting.pop()
      const chain = this.#chains.get(next.key)
      if (chain) chain.waits = false
      this.resume(next.key)
    }
  }

  /** Hands over the next ones of a key, once those before them are through. */
  resume(key: string): void {
    const chain = this.#chains.get(key)
    const { plugin, client, prefetchedOf, isSuspect, reached, onNext } = this.#deps
    if (!chain || chain.reading || chain.unwritten > 0 || prefetchedOf(key) > 0) return
    chain.reading = true
    client.send('chain', { plugin, chain: key, upTo: reached(), limit: MAX_PREFETCH_PER_KEY }, (error, result) => {
      chain.reading = false
      if (error || !result) {
        setTimeout(() => this.resume(key), RETRY_AFTER_MS).unref()
        return
      }
      const { rows, next } = result
      // The plugin may have come as far as that meanwhile.
      if (next !== undefined) {
        this.#wait(chain, { key, first: next })
        this.start()
      } else if (rows.length === 0 && chain.unwritten === 0) this.#chains.delete(key)
      for (const row of rows) onNext(itemOf(row, 'chain', isSuspect(row)))
    })
  }

  #wait(chain: Chain, known: KnownChain): void {
    if (chain.waits) return
    chain.waits = true
    const at = this.#waiting.findLastIndex(({ first }) => first >= known.first) + 1
    this.#waiting.splice(at, 0, known)
  }
}
