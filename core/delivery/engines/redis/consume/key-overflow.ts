import { redisFault } from '../../../../store/redis/fault.ts'
import { Queue } from '../../../../lib/fifo.ts'
import { recordOf, readStored, type Stored } from '../partition/entry.ts'
import type { Item } from './item.ts'
import type { Connection } from '../client/run.ts'

/** The most callbacks of one key in the executor. The rest wait here, so that they do not block other keys. */
export const MAX_PREFETCH_PER_KEY = 16
/** Reading stops at this number until some of these are delivered. */
const MAX_HELD_BACK = 10_000
const RETRY_MS = 500

/** An item without its callback, which is read again when the item is next. */
type HeldBack = Omit<Item, 'callback'> & { readonly callback: undefined }

interface Line {
  readonly queue: Queue<HeldBack>
  length: number
  reading: boolean
}

interface OverflowDeps {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  /** How many callbacks of the key are in the executor. */
  readonly inExecutor: (key: string) => number
  readonly onNext: (item: Item) => void
}

/**
 * Holds back the callbacks of keys with long queues. Redis keeps their contents; memory holds only their numbers. A new
 * callback of such a key goes to the end of its queue, which keeps the order.
 */
export class KeyOverflow {
  readonly #deps: OverflowDeps
  readonly #keys = new Map<string, Line>()
  #size = 0

  constructor(deps: OverflowDeps) {
    this.#deps = deps
  }

  get isFull(): boolean {
    return this.#size >= MAX_HELD_BACK
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  add(key: string, item: Item): void {
    const known = this.#keys.get(key) ?? { queue: new Queue<HeldBack>(), length: 0, reading: false }
    this.#keys.set(key, known)
    known.queue.put({ ...item, callback: undefined, received: undefined })
    known.length++
    this.#size++
  }

  /** Hands over the next callbacks of a key once those before them are delivered. */
  resume(key: string): void {
    const line = this.#keys.get(key)
    if (!line || line.reading || this.#deps.inExecutor(key) > 0) return
    const next: HeldBack[] = []
    while (next.length < MAX_PREFETCH_PER_KEY) {
      const item = line.queue.take()
      if (!item) break
      line.length--
      this.#size--
      if (item.lease.isHeld) next.push(item)
    }
    if (next.length === 0) {
      this.#keys.delete(key)
      return
    }
    void this.#handOver(key, line, next)
  }

  async #handOver(key: string, line: Line, next: readonly HeldBack[]): Promise<void> {
    line.reading = true
    const items = await this.#read(next)
    line.reading = false
    if (line.length === 0) this.#keys.delete(key)
    for (const item of items) this.#deps.onNext(item)
    if (items.length === 0) this.resume(key)
  }

  /** Reads the callbacks, retrying for as long as it takes. Leaves out those whose lease is lost meanwhile. */
  async #read(line: readonly HeldBack[]): Promise<Item[]> {
    const items: Item[] = []
    for (const item of line) {
      while (item.lease.isHeld) {
        try {
          items.push({ ...item, ...(await this.#stored(item)) })
          break
        } catch (error) {
          if (redisFault(error).code === 'STORE_CLOSED') break
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
        }
      }
    }
    return items
  }

  async #stored({ lease, entry }: HeldBack): Promise<Stored> {
    const { client, prefix } = this.#deps.connection
    const [found] = await client.xrange(`${prefix}:cb:${lease.n}`, entry, entry)
    const { about = '', raw = '' } = recordOf(found?.[1] ?? [])
    return readStored(about, raw)
  }
}
