import { type Clock, systemClock, type Timer } from '../../lib/clock.ts'
import { Queue } from '../../lib/fifo.ts'

/** The most tasks that are taken at a time, apart from those that an ordered retry or a suspect holds up. */
export const MAX_PREFETCH = 128
/** The most including those. At this limit nothing more is taken until a retry is done. */
const MAX_HELD = 5000

/**
 * The result of a task: run it again while keeping its key, after a delay or once a promise resolves; or nothing. It runs
 * ahead of the tasks that are ready by then, or with `inTurn` behind them.
 */
export type Requeue =
  | { readonly delayMs: number }
  | { readonly until: Promise<unknown>; readonly inTurn?: boolean }
  | undefined

/** At most `concurrency` tasks of a pool run at once. Pools are compared by identity. */
interface Pool {
  readonly concurrency: number
}

interface Entry {
  readonly pool: Pool
  readonly key: string | undefined
  readonly task: () => Requeue | Promise<Requeue>
  /** Whether it waits to run again. */
  isHeld: boolean
}

interface PoolState {
  readonly limit: number
  readonly ready: Queue<Entry>
  running: number
}

/**
 * Runs tasks within the concurrency of their pools. Tasks of one key run one after another in order of arrival, even
 * in different pools. A task must neither reject nor throw.
 */
export class KeyedExecutor {
  /** Tasks that hold their key and are ready, by pool. */
  readonly #pools = new Map<Pool, PoolState>()
  #toStart: PoolState[] = []
  /** Keys in use, each with the tasks that wait for it, if any. */
  readonly #taken = new Map<string, Queue<Entry> | undefined>()
  /** The key of a task that started at once. It is in use, but enters the map only if the task does not end at once. */
  #starting: string | undefined
  readonly #timers = new Set<Timer>()
  #running = 0
  #size = 0
  /** Keys whose task waits to run again. */
  readonly #held = new Set<string>()
  /** How many tasks wait to run again, or behind one that does. */
  #heldSize = 0
  #closed = false
  #onIdle: (() => void)[] = []
  readonly #onFree: (key: string | undefined) => void
  readonly #clock: Clock

  /** @param onFree called with the key of each task that has ended */
  constructor(onFree: (key: string | undefined) => void = () => undefined, clock: Clock = systemClock) {
    this.#onFree = onFree
    this.#clock = clock
  }

  /** The number of tasks that have not ended, including waiting ones. */
  get size(): number {
    return this.#size
  }

  /** How many more tasks may be pushed. */
  get room(): number {
    return Math.min(MAX_PREFETCH - (this.#size - this.#heldSize), MAX_HELD - this.#size)
  }

  /** How many tasks of this key have not ended. */
  of(key: string): number {
    return this.#taken.size > 0 && this.#taken.has(key) ? 1 + (this.#taken.get(key)?.size ?? 0) : 0
  }

  push(pool: Pool, key: string | undefined, task: () => Requeue | Promise<Requeue>): void {
    const entry = { pool, key, task, isHeld: false }
    this.#size++
    if (key !== undefined && this.#isTaken(key)) {
      this.#waitersOf(key).put(entry)
      if (this.#held.size > 0 && this.#held.has(key)) this.#heldSize++
      return
    }
    const ready = this.#poolOf(entry)
    if (this.#isFree(ready)) {
      this.#startNow(entry, ready)
      return
    }
    if (key !== undefined) this.#taken.set(key, undefined)
    ready.ready.put(entry)
    this.#startReady(ready)
  }

  /** Resolves once no task is left, or, after `close`, once none runs. */
  idle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => void this.#onIdle.push(resolve))
  }

  /** Starts no more tasks. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) this.#clock.clearTimeout(timer)
    this.#settle()
  }

  /** A lookup costs as much as everything else here, so an empty map is not searched. */
  #isTaken(key: string): boolean {
    return key === this.#starting || (this.#taken.size > 0 && this.#taken.has(key))
  }

  #waitersOf(key: string): Queue<Entry> {
    const waiting = this.#taken.get(key) ?? new Queue<Entry>()
    this.#taken.set(key, waiting)
    return waiting
  }

  #poolOf({ pool }: Entry): PoolState {
    const known = this.#pools.get(pool)
    if (known) return known
    const made = { limit: pool.concurrency, ready: new Queue<Entry>(), running: 0 }
    this.#pools.set(pool, made)
    return made
  }

  /** While a pool has room, nothing in it is ready: whatever frees room starts what is ready. */
  #isFree({ running, limit }: PoolState): boolean {
    return !this.#closed && this.#toStart.length === 0 && running < limit
  }

  /** Most tasks end at once. A map that grew and shrank for each would keep the garbage collector busy. */
  #startNow(entry: Entry, pool: PoolState): void {
    this.#toStart.push(pool)
    this.#starting = entry.key
    this.#run(entry, pool)
    this.#startAllReady()
  }

  /** Starts the ready tasks of a pool. Tasks that end at once may free keys in other pools, which follow in turn. */
  #startReady(pool: PoolState): void {
    this.#toStart.push(pool)
    if (this.#toStart.length === 1) this.#startAllReady()
  }

  #startAllReady(): void {
    for (const state of this.#toStart) while (!this.#closed && state.running < state.limit && this.#runNext(state));
    this.#toStart.length = 0
  }

  #runNext(pool: PoolState): boolean {
    const entry = pool.ready.take()
    if (!entry) return false
    this.#run(entry, pool)
    return true
  }

  #run(entry: Entry, pool: PoolState): void {
    if (entry.isHeld) this.#setHeld(entry, false)
    pool.running++
    this.#running++
    const requeue = entry.task()
    const { key } = entry
    if (key !== undefined && key === this.#starting && requeue) this.#taken.set(key, this.#taken.get(key))
    this.#starting = undefined
    if (requeue instanceof Promise) void this.#endLate(entry, pool, requeue)
    else this.#end(entry, pool, requeue)
  }

  async #endLate(entry: Entry, pool: PoolState, requeue: Promise<Requeue>): Promise<void> {
    const ended = await requeue
    // What is pushed because it has ended goes behind what is ready.
    this.#toStart.push(pool)
    this.#end(entry, pool, ended)
    this.#startAllReady()
  }

  #end(entry: Entry, pool: PoolState, requeue: Requeue): void {
    this.#running--
    pool.running--
    if (requeue) this.#requeue(entry, requeue)
    else {
      this.#size--
      this.#release(entry)
      this.#onFree(entry.key)
    }
    this.#settle()
  }

  /** Leaves out a task that waits to run again, with all behind it, from what takes room, or counts them again. */
  #setHeld(entry: Entry, isHeld: boolean): void {
    const { key } = entry
    const count = key === undefined ? 1 : this.of(key)
    entry.isHeld = isHeld
    this.#heldSize += isHeld ? count : -count
    if (key === undefined) return
    if (isHeld) this.#held.add(key)
    else this.#held.delete(key)
  }

  #release({ key, pool }: Entry): void {
    if (key === undefined || this.#taken.size === 0) return
    const next = this.#taken.get(key)?.take()
    if (!next) {
      this.#taken.delete(key)
      return
    }
    const ready = this.#poolOf(next)
    ready.ready.put(next)
    if (next.pool !== pool) this.#startReady(ready)
  }

  #requeue(entry: Entry, requeue: NonNullable<Requeue>): void {
    this.#setHeld(entry, true)
    if (this.#closed) return
    const resume = (): void => {
      const pool = this.#poolOf(entry)
      if ('inTurn' in requeue) pool.ready.put(entry)
      else pool.ready.putFirst(entry)
      this.#startReady(pool)
    }
    if ('until' in requeue) {
      void requeue.until.then(resume)
      return
    }
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer)
      resume()
    }, requeue.delayMs)
    this.#timers.add(timer)
  }

  #isIdle(): boolean {
    return this.#running === 0 && (this.#closed || this.#size === 0)
  }

  #settle(): void {
    if (this.#isIdle()) for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}
