import { type Item, itemOf } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

/** How many callbacks of one key are prefetched. More wait in the database, so that they block no other key. */
export const MAX_PREFETCH_PER_KEY = 16
const RETRY_AFTER_MS = 1000

interface Chain {
  /** Changes that are not on disk yet. Reading before they are would return stale rows. */
  unwritten: number
  reading: boolean
  /** Whether it waits for the plugin to reach its first callback. */
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
  /** How many callbacks of this key are prefetched. */
  readonly prefetchedOf: (key: string) => number
  readonly room: () => number
  /** Every callback up to this number that was in no chain at the start is prefetched, in a chain, or done by now. */
  readonly reached: () => number
  readonly onNext: (item: Item) => void
}

/**
 * Keeps keys whose callbacks wait in the database, behind an ordered retry or because there are too many. New callbacks
 * of such a key join its chain, in the order of receipt. After a restart, callbacks from before the chain may be read
 * again, so a chain is read only as far as the plugin has reached.
 */
export class KeyOverflow {
  readonly #deps: KeyOverflowDeps
  readonly #chains = new Map<string, Chain>()
  /** Chains that were not read since the start, or whose first callback is not reached yet. Sorted, smallest last. */
  readonly #waiting: KnownChain[]

  constructor(deps: KeyOverflowDeps, known: readonly KnownChain[]) {
    this.#deps = deps
    this.#waiting = known.toSorted((left, right) => right.first - left.first)
    for (const { key } of known) this.#chains.set(key, { unwritten: 0, reading: false, waits: true })
  }

  has(key: string): boolean {
    return this.#chains.size > 0 && this.#chains.has(key)
  }

  /** Notes a change to this key's chain. Call the returned function once the change is on disk. */
  changes(key: string): () => void {
    const chain = this.#chains.get(key) ?? { unwritten: 0, reading: false, waits: false }
    this.#chains.set(key, chain)
    chain.unwritten++
    return () => {
      chain.unwritten--
      this.resume(key)
    }
  }

  /** Resumes chains whose first callback has been reached, while there is room. */
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

  /** Hands over the next callbacks of a key, once those before them have ended. */
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
      // The plugin may have reached it meanwhile.
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
