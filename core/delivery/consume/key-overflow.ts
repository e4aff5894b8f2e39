import { Queue } from '../../lib/fifo.ts'
import type { WaitingCallback } from '../callback-log.ts'
import type { Partition } from './partition.ts'

/** How many callbacks of one key are prefetched. The rest wait as numbers, so that they block no other key. */
export const MAX_PREFETCH_PER_KEY = 16
/** The most numbers that wait. Beyond that the plugin waits for its keys. */
const MAX_WAITING = 1_000_000
const RETRY_AFTER_MS = 1000

interface KeyOverflowDeps {
  readonly fetch: (partition: Partition, seqs: readonly number[]) => Promise<readonly WaitingCallback[]>
  /** How many callbacks of this key are prefetched. */
  readonly prefetchedOf: (key: string) => number
  readonly onNext: (partition: Partition, row: WaitingCallback) => void
  /** Called with the number of a callback that can no longer be read. */
  readonly onLost: (partition: Partition, seq: number) => void
}

interface OverflowKey {
  readonly partition: Partition
  readonly seqs: Queue<number>
  isFetching: boolean
}

/**
 * Holds the numbers of callbacks whose keys have too many. They stay in order, and their bodies in the log. New callbacks
 * of such a key go behind them, so the key keeps its order.
 */
export class KeyOverflow {
  readonly #deps: KeyOverflowDeps
  readonly #keys = new Map<string, OverflowKey>()
  #size = 0

  constructor(deps: KeyOverflowDeps) {
    this.#deps = deps
  }

  get isFull(): boolean {
    return this.#size >= MAX_WAITING
  }

  has(key: string): boolean {
    return this.#keys.size > 0 && this.#keys.has(key)
  }

  add(key: string, partition: Partition, seq: number): void {
    const waiting = this.#keys.get(key) ?? { partition, seqs: new Queue<number>(), isFetching: false }
    this.#keys.set(key, waiting)
    waiting.seqs.put(seq)
    this.#size++
  }

  /** Forgets what waits in a partition that now belongs to another process. */
  drop(partition: Partition): void {
    for (const [key, waiting] of this.#keys) {
      if (waiting.partition !== partition) continue
      this.#keys.delete(key)
      this.#size -= waiting.seqs.size
    }
  }

  /** Hands over the next callbacks of a key, once those before them have ended. */
  resume(key: string): void {
    const waiting = this.#keys.size === 0 ? undefined : this.#keys.get(key)
    if (!waiting || waiting.isFetching || this.#deps.prefetchedOf(key) > 0) return
    const seqs: number[] = []
    while (seqs.length < MAX_PREFETCH_PER_KEY && waiting.seqs.size > 0) seqs.push(waiting.seqs.take() ?? 0)
    this.#size -= seqs.length
    void this.#fetch(key, waiting, seqs)
  }

  async #fetch(key: string, waiting: OverflowKey, seqs: readonly number[]): Promise<void> {
    waiting.isFetching = true
    let rows: readonly WaitingCallback[]
    try {
      rows = await this.#deps.fetch(waiting.partition, seqs)
    } catch {
      setTimeout(() => void this.#fetch(key, waiting, seqs), RETRY_AFTER_MS).unref()
      return
    }
    if (this.#keys.get(key) !== waiting) return
    const found = new Set(rows.map(({ seq }) => seq))
    for (const seq of seqs) if (!found.has(seq)) this.#deps.onLost(waiting.partition, seq)
    // A callback that ends at once would start later ones, which must not overtake these: so the key still waits.
    for (const row of rows) this.#deps.onNext(waiting.partition, row)
    if (this.#keys.get(key) !== waiting) return
    waiting.isFetching = false
    if (waiting.seqs.size === 0) this.#keys.delete(key)
    // If all have ended by now, nothing else would resume the key.
    else this.resume(key)
  }
}
