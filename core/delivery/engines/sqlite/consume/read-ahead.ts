import { Queue } from '../../../../lib/fifo.ts'
import { type Item, itemOf, type Shared } from './item.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'
import type { Waiting } from '../worker/messages.ts'

/** How many callbacks of a plugin are read ahead, and how many characters of bodies. */
const MAX_CALLBACKS = 1000
const MAX_CHARACTERS = 16_000_000
const RETRY_AFTER_MS = 1000

interface ReadAheadDeps {
  readonly plugin: string
  readonly client: SqliteClient
  /** The plugin's cursor, and the number of the last stored callback. */
  readonly cursor: number
  readonly last: number
  readonly isSuspect: (waiting: Waiting) => boolean
  /** Called in order: `onTake` for each callback of the plugin, `onAdvance` with a number up to which there is no other. */
  readonly onTake: (seq: number) => void
  readonly onAdvance: (seq: number) => void
  /** Called with how many of the plugin's callbacks are damaged and cannot be read. */
  readonly onLost: (count: number) => void
  /** Called when more callbacks are in the queue. */
  readonly onMore: () => void
}

/**
 * Queues the next callbacks of a plugin in the order of receipt. They come straight from the append while there is
 * room, and from the database once the plugin has fallen behind. So memory is bounded, however long the backlog is.
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

  /** Every callback up to this number was taken, or is not the plugin's. */
  get reached(): number {
    return this.#length === 0 ? this.#scanned : this.#taken
  }

  /** Queues a callback that was just stored. Without `shared` it is not the plugin's. */
  stored(seq: number, shared: Shared | undefined): void {
    if (this.#behind) return
    if (!shared) {
      this.#scanned = seq
      this.#deps.onAdvance(seq)
    } else if (this.#length >= MAX_CALLBACKS || this.#characters >= MAX_CHARACTERS) this.#behind = true
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

  /** Reads more from the database if the plugin is behind and the queue runs low. */
  refill(): void {
    if (!this.#behind || this.#reading || this.#length >= MAX_CALLBACKS / 2 || this.#characters >= MAX_CHARACTERS / 2)
      return
    this.#reading = true
    const { plugin, client, isSuspect, onAdvance, onLost, onMore } = this.#deps
    const arg = { plugin, after: this.#scanned, limit: MAX_CALLBACKS / 2 }
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
      // Replies come in order, so `stored` is called for everything after this page.
      if (page.end) this.#behind = false
      onMore()
    })
  }

  #put(item: Item): void {
    const { seq, callback } = item.shared
    // Parsed bodies are large. Those far back in the queue are parsed again later.
    if (this.#length > 64) item.shared.parsed = undefined
    this.#queue.put(item)
    this.#length++
    this.#characters += callback.raw.length
    this.#scanned = seq
    this.#deps.onTake(seq)
  }
}
