import { redisFault } from '../../../../store/redis/fault.ts'
import { Queue } from '../../../../lib/fifo.ts'
import { recordOf, readStored, type Stored } from '../partition/entry.ts'
import type { Item } from './item.ts'
import type { Connection } from '../client/run.ts'

/** So many of one key are handed to the lanes; more are parked, and hold up no other key. */
export const MAX_PREFETCH_PER_KEY = 16
/** More are not read before some of these are through. */
const MOST = 10_000
const AGAIN_MS = 500

/** An item without its callback, which is read again when its turn comes. */
type Parked = Omit<Item, 'callback'> & { readonly callback: undefined }

interface Line {
  readonly queue: Queue<Parked>
  length: number
  reading: boolean
}

interface Parts {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  /** How many of this key are in the lanes. */
  readonly inLanes: (key: string) => number
  readonly onNext: (item: Item) => void
}

/**
 * Keys with a long queue. Their callbacks are in Redis, and only their numbers are in memory. Whatever comes
 * for such a key goes to its end, so that nothing overtakes.
 */
export class KeyOverflow {
  readonly #parts: Parts
  readonly #keys = new Map<string, Line>()
  #size = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get isFull(): boolean {
    return this.#size >= MOST
  }

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  park(key: string, item: Item): void {
    const known = this.#keys.get(key) ?? { queue: new Queue<Parked>(), length: 0, reading: false }
    this.#keys.set(key, known)
    known.queue.put({ ...item, callback: undefined, received: undefined })
    known.length++
    this.#size++
  }

  /** Hands over the next ones of a key, once those before them are through. */
  resume(key: string): void {
    const parked = this.#keys.get(key)
    if (!parked || parked.reading || this.#parts.inLanes(key) > 0) return
    const next: Parked[] = []
    while (next.length < MAX_PREFETCH_PER_KEY) {
      const item = parked.queue.take()
      if (!item) break
      parked.length--
      this.#size--
      if (item.share.isHeld) next.push(item)
    }
    if (next.length === 0) {
      this.#keys.delete(key)
      return
    }
    void this.#handOver(key, parked, next)
  }

  async #handOver(key: string, parked: Line, next: readonly Parked[]): Promise<void> {
    parked.reading = true
    const items = await this.#read(next)
    parked.reading = false
    if (parked.length === 0) this.#keys.delete(key)
    for (const item of items) this.#parts.onNext(item)
    if (items.length === 0) this.resume(key)
  }

  /** Reads their callbacks, however long that takes; those whose share is lost meanwhile are left out. */
  async #read(parked: readonly Parked[]): Promise<Item[]> {
    const items: Item[] = []
    for (const one of parked) {
      while (one.share.isHeld) {
        try {
          items.push({ ...one, ...(await this.#stored(one)) })
          break
        } catch (error) {
          if (redisFault(error).code === 'STORE_CLOSED') break
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS).unref())
        }
      }
    }
    return items
  }

  async #stored({ share, entry }: Parked): Promise<Stored> {
    const { client, prefix } = this.#parts.connection
    const [found] = await client.xrange(`${prefix}:cb:${share.n}`, entry, entry)
    const { about = '', raw = '' } = recordOf(found?.[1] ?? [])
    return readStored(about, raw)
  }
}
