import { type Clock, systemClock } from '../../lib/clock.ts'
import { type Requeue, KeyedExecutor } from './keyed-executor.ts'
import type { Pool } from '../../registry.ts'

/** The most callbacks in the executor at a time, apart from those that an ordered retry or a suspect holds up. */
export const MAX_PREFETCH = 128
/** The most including those. At this limit nothing more is taken until a retry is done. */
const MAX_HELD = 5000

/** The state of one task. */
interface Task {
  readonly key: string | undefined
  /** Whether it is counted for its key. */
  isCounted: boolean
  /** Whether it waits for a requeue without a key. */
  isHeld: boolean
  isFree: boolean
}

/** The executor of a plugin, with a count of its tasks by key. */
export class Prefetch {
  readonly #executor: KeyedExecutor
  readonly #byKey = new Map<string, number>()
  readonly #held = new Set<string>()
  readonly #onFree: (key: string | undefined) => void
  #size = 0
  #heldSize = 0

  constructor(onFree: (key: string | undefined) => void, clock: Clock = systemClock) {
    this.#executor = new KeyedExecutor(clock)
    this.#onFree = onFree
  }

  /** How many more tasks may be pushed. */
  get room(): number {
    return Math.min(MAX_PREFETCH - (this.#size - this.#heldSize), MAX_HELD - this.#size)
  }

  of(key: string): number {
    return this.#byKey.size === 0 ? 0 : (this.#byKey.get(key) ?? 0)
  }

  push(pool: Pool, key: string | undefined, task: () => Requeue | Promise<Requeue>): void {
    const entry: Task = { key, isCounted: false, isHeld: false, isFree: false }
    this.#size++
    this.#executor.push(pool, key, () => {
      if (key !== undefined && this.#held.size > 0 && this.#held.delete(key)) this.#heldSize -= this.of(key)
      if (entry.isHeld) this.#resume(entry)
      const requeue = task()
      return requeue instanceof Promise
        ? requeue.then((requeued) => this.#taskEnded(entry, requeued))
        : this.#taskEnded(entry, requeue)
    })
    // Most tasks have ended by now, and a map would grow and shrink for each.
    if (!entry.isFree) this.#count(entry)
  }

  close(): void {
    this.#executor.close()
  }

  idle(): Promise<void> {
    return this.#executor.idle()
  }

  #count(entry: Task): void {
    const { key, isCounted } = entry
    if (key === undefined || isCounted) return
    entry.isCounted = true
    this.#byKey.set(key, this.of(key) + 1)
    if (this.#held.has(key)) this.#heldSize++
  }

  #taskEnded(entry: Task, requeue: Requeue): Requeue {
    const { key } = entry
    if (!requeue) this.#remove(entry)
    else if (key !== undefined) {
      this.#count(entry)
      this.#held.add(key)
      this.#heldSize += this.of(key)
    } else {
      entry.isHeld = true
      this.#heldSize++
    }
    return requeue
  }

  #resume(entry: Task): void {
    entry.isHeld = false
    this.#heldSize--
  }

  #remove(entry: Task): void {
    const { key, isCounted } = entry
    entry.isFree = true
    this.#size--
    if (key !== undefined && isCounted) {
      const left = this.of(key) - 1
      if (left > 0) this.#byKey.set(key, left)
      else this.#byKey.delete(key)
    }
    this.#onFree(key)
  }
}
