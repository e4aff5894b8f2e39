import { Queue } from '../../lib/fifo.ts'
import type { Page } from '../callback-log.ts'
import type { SuspectFinder } from '../attempt/suspect-finder.ts'
import { freshItem, type Item, itemOf, type Shared } from './item.ts'

/** How many callbacks of a plugin are read ahead in a partition, and how many characters of their bodies. */
const MAX_CALLBACKS = 1000
const MAX_CHARACTERS = 16_000_000
/** Parsed bodies are large. Those further back in the queue are parsed again later. */
const MAX_PARSED = 64
const RETRY_AFTER_MS = 1000

interface ReadAheadDeps {
  readonly suspectFinder: SuspectFinder
  readonly read: (after: number, limit: number) => Promise<Page>
  /** Called in order: `onTake` for each callback of the plugin, `onAdvance` with a number up to which none is left. */
  readonly onTake: (seq: number) => void
  readonly onAdvance: (seq: number) => void
  /** Called with a page once its callbacks are queued, and with how many of the plugin's arrived too late for it. */
  readonly onPage: (page: Page, missed: number) => void
}

/** A callback that was stored while a page was read. Without `shared` it is not for the plugin. */
interface Missed {
  readonly seq: number
  readonly shared: Shared | undefined
}

/**
 * Queues the next callbacks of a plugin in a partition, in the order of receipt. They come straight from the append
 * while there is room, and from the log once the plugin has fallen behind. So memory is bounded however long the backlog
 * is.
 *
 * - R1. `#scanned` is the last number that was queued or passed: nothing at or below it is queued again.
 * - R2. A callback comes from memory only if its number is `#scanned + 1`. Any other puts the plugin behind.
 * - R3. Callbacks that arrive while a page is read wait in `#missed`: the page may end right before them.
 */
export class ReadAhead {
  readonly #deps: ReadAheadDeps
  readonly #queue = new Queue<Item>()
  #characters = 0
  #scanned: number
  #isBehind: boolean
  #isReading = false
  #missed: Missed[] = []
  /** Whether there may be more after the page under way. */
  #looksAgain = false
  #closed = false

  /** @param tail the last stored number */
  constructor(deps: ReadAheadDeps, cursor: number, tail: number) {
    this.#deps = deps
    this.#scanned = cursor
    this.#isBehind = cursor < tail
  }

  get length(): number {
    return this.#queue.size
  }

  /** A callback was stored in the partition. Without `shared` it is not for the plugin. */
  stored(seq: number, shared: Shared | undefined): void {
    if (this.#isBehind) {
      if (this.#isReading && this.#missed.length < MAX_CALLBACKS) this.#missed.push({ seq, shared })
    } else if (!this.#accept(seq, shared)) {
      this.#isBehind = true
      this.refill()
    }
  }

  /** There may be callbacks that another process stored. */
  look(): void {
    this.#isBehind = true
    if (this.#isReading) this.#looksAgain = true
    else this.refill()
  }

  take(): Item | undefined {
    const item = this.#queue.take()
    if (!item) return undefined
    this.#characters -= item.shared.callback.raw.length
    return item
  }

  /** Reads more if the plugin is behind and the queue runs low. */
  refill(): void {
    if (!this.#isBehind || this.#isReading || this.#closed) return
    if (this.length < MAX_CALLBACKS / 2 && this.#characters < MAX_CHARACTERS / 2) void this.#read()
  }

  close(): void {
    this.#closed = true
  }

  async #read(): Promise<void> {
    this.#isReading = true
    const page = await this.#deps.read(this.#scanned, MAX_CALLBACKS / 2).catch(() => undefined)
    this.#isReading = false
    if (this.#closed) return
    if (page) this.#receive(page)
    else {
      this.#missed = []
      setTimeout(() => this.refill(), RETRY_AFTER_MS).unref()
    }
  }

  #receive(page: Page): void {
    const { suspectFinder, onAdvance, onPage } = this.#deps
    for (const row of page.rows) this.#put(itemOf(row, suspectFinder))
    this.#scanned = page.scanned
    onAdvance(page.scanned)
    const missed = this.#missed
    this.#missed = []
    if (page.end && !this.#looksAgain)
      this.#isBehind = !missed.every(({ seq, shared }) => seq <= this.#scanned || this.#accept(seq, shared))
    this.#looksAgain = false
    // If this page is not the last, the next one counts them.
    const isMissing = ({ seq, shared }: Missed): boolean => page.end && shared !== undefined && seq > page.scanned
    onPage(page, missed.filter(isMissing).length)
  }

  /** Takes the callback if it is the next one, and there is room. */
  #accept(seq: number, shared: Shared | undefined): boolean {
    if (seq !== this.#scanned + 1) return false
    if (!shared) {
      this.#scanned = seq
      this.#deps.onAdvance(seq)
      return true
    }
    if (this.length >= MAX_CALLBACKS || this.#characters >= MAX_CHARACTERS) return false
    this.#put(freshItem(shared))
    return true
  }

  #put(item: Item): void {
    const { seq, callback } = item.shared
    if (this.length > MAX_PARSED) item.shared.parsed = undefined
    this.#queue.put(item)
    this.#characters += callback.raw.length
    this.#scanned = seq
    this.#deps.onTake(seq)
  }
}
