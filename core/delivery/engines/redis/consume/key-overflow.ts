import { redisFault } from '../../../../store/redis/fault.ts'
import { Queue } from '../../../../lib/fifo.ts'
import { recordOf, readStored, type Stored } from '../partition/entry.ts'
import type { Item } from './item.ts'
import type { Connection } from '../client/run.ts'

/** So many of one key are handed to the lanes; more are parked, and hold up no other key. */
export const MAX_PREFETCH_PER_KEY = 16
/** More are not read before some of these are through. */
const MAX_HELD_BACK = 10_000
const RETRY_MS = 500

/** An item without its callback, which is read again when its turn comes. */
type HeldBack = Omit<Item, 'callback'> & { readonly callback: undefined }

interface Line {
  readonly queue: Queue<HeldBack>
  length: number
  reading: boolean
}

interface OverflowDeps {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  /** How many of this key are in the lanes. */
  readonly inExecutor: (key: string) => number
  readonly onNext: (item: Item) => void
}

/**
 * Keys with a long queue. Their callbacks are in Redis, and only their numbers are in memory. Whatever comes
 * for such a key goes to its end, so that nothing overtakes.
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

  /** Hands over the next ones of a key, once those before them are through. */
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

  /** Reads their callbacks, however long that takes; those whose share is lost meanwhile are left out. */
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
