import { Queue } from '../../../../lib/fifo.ts'
import { type Item, itemOf, type Shared } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

/** Callbacks that wait in memory for a plugin's lanes, and the characters of their bodies. */
const CALLBACKS = 1000
const CHARACTERS = 16_000_000
const RETRY_AFTER_MS = 1000

interface ReadAheadDeps {
  readonly plugin: string
  readonly client: SqliteClient
  /** Where the plugin's cursor stands, and the last callback that is stored. */
  readonly cursor: number
  readonly last: number
  readonly isSuspect: (waiting: Waiting) => boolean
  /** Told of everything that comes, in order: a callback of the plugin, or a number up to which there is none. */
  readonly onTake: (seq: number) => void
  readonly onAdvance: (seq: number) => void
  /** So many of the plugin's cannot be read any more. */
  readonly onLost: (count: number) => void
  /** More has come. */
  readonly onMore: () => void
}

/**
 * The next callbacks of a plugin, in the order of receipt: handed over as they are stored while there is room, and
 * read from the database once the plugin has fallen behind. So memory is bounded, whatever waits.
 */
export class ReadAhead {
  readonly #deps: ReadAheadDeps
  readonly #queue = new Queue<Item>()
  #length = 0
  #characters = 0
  #scanned: number
  #taken: number
  #behind: boolean
  #reading = false

  constructor(deps: ReadAheadDeps) {
    this.#deps = deps
    this.#scanned = deps.cursor
    this.#taken = deps.cursor
    this.#behind = deps.cursor < deps.last
  }

  get length(): number {
    return this.#length
  }

  /** Up to here everything has been taken, or is none of the plugin's. */
  get reached(): number {
    return this.#length === 0 ? this.#scanned : this.#taken
  }

  /** One that was just stored; without `shared` it is none of the plugin's. */
  stored(seq: number, shared: Shared | undefined): void {
    if (this.#behind) return
    if (!shared) {
      this.#scanned = seq
      this.#deps.onAdvance(seq)
    } else if (this.#length >= CALLBACKS || this.#characters >= CHARACTERS) this.#behind = true
    else this.#put({ shared, attempt: 1, from: 'row', dueAt: undefined, tries: 0, hasCrashed: false, isSuspect: false })
  }

  take(): Item | undefined {
    const item = this.#queue.take()
    if (!item) return undefined
    this.#length--
    this.#taken = item.shared.seq
    this.#characters -= item.shared.callback.raw.length
    return item
  }

  /** Reads on, where the plugin is behind and little is left. */
  refill(): void {
    if (!this.#behind || this.#reading || this.#length >= CALLBACKS / 2 || this.#characters >= CHARACTERS / 2) return
    this.#reading = true
    const { plugin, client, isSuspect, onAdvance, onLost, onMore } = this.#deps
    const arg = { plugin, after: this.#scanned, limit: CALLBACKS / 2 }
    client.send('page', arg, (error, page) => {
      this.#reading = false
      if (error || !page) {
        setTimeout(() => this.refill(), RETRY_AFTER_MS).unref()
        return
      }
      if (page.lost > 0) onLost(page.lost)
      for (const row of page.rows) this.#put(itemOf(row, 'row', isSuspect(row)))
      this.#scanned = page.scanned
      onAdvance(page.scanned)
      // Replies come in order: what is stored from now on is told by `stored`.
      if (page.end) this.#behind = false
      onMore()
    })
  }

  #put(item: Item): void {
    const { seq, callback } = item.shared
    // Parsed bodies are large; those that will wait long are parsed anew.
    if (this.#length > 64) item.shared.parsed = undefined
    this.#queue.put(item)
    this.#length++
    this.#characters += callback.raw.length
    this.#scanned = seq
    this.#deps.onTake(seq)
  }
}
