import { Queue } from './queue.ts'

/** What a task asks for when it ends: its key back for the same task after some time, or nothing. */
export type Again = { readonly holdMs: number } | undefined

/** At most `concurrency` tasks of a pool run at once. Pools are told apart by identity. */
interface Pool {
  readonly concurrency: number
}

interface Entry {
  readonly pool: Pool
  readonly key: string | undefined
  readonly task: () => Promise<Again>
}

/**
 * Runs tasks, within the concurrency of their pools, and those of one key one after another in the order they came,
 * whatever their pools. A task must not reject.
 */
export class Lanes {
  /** Tasks whose key is theirs, by pool. */
  readonly #pools = new Map<Pool, { ready: Queue<Entry>; running: number }>()
  /** Keys that are taken, each with those that wait for it. */
  readonly #taken = new Map<string, Queue<Entry>>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #running = 0
  #size = 0
  #closed = false
  #onIdle: (() => void)[] = []

  /** Tasks that have not ended, those that wait included. */
  get size(): number {
    return this.#size
  }

  push(pool: Pool, key: string | undefined, task: () => Promise<Again>): void {
    const entry = { pool, key, task }
    this.#size++
    const waiting = key === undefined ? undefined : this.#taken.get(key)
    if (waiting) {
      waiting.put(entry)
      return
    }
    if (key !== undefined) this.#taken.set(key, new Queue())
    this.#poolOf(entry).ready.put(entry)
    this.#pump(entry)
  }

  /** Resolves once no task is left, or none runs after `close`. */
  idle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => void this.#onIdle.push(resolve))
  }

  /** Starts no further task. */
  close(): void {
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#settle()
  }

  #poolOf({ pool }: Entry): { ready: Queue<Entry>; running: number } {
    const known = this.#pools.get(pool) ?? { ready: new Queue<Entry>(), running: 0 }
    this.#pools.set(pool, known)
    return known
  }

  #pump(one: Entry): void {
    const pool = this.#poolOf(one)
    while (!this.#closed && pool.running < one.pool.concurrency) {
      const entry = pool.ready.take()
      if (!entry) return
      pool.running++
      this.#running++
      void this.#run(entry)
    }
  }

  async #run(entry: Entry): Promise<void> {
    const again = await entry.task()
    this.#running--
    this.#poolOf(entry).running--
    if (again) this.#hold(entry, again.holdMs)
    else {
      this.#size--
      this.#release(entry)
    }
    this.#pump(entry)
    this.#settle()
  }

  #release(entry: Entry): void {
    const { key } = entry
    if (key === undefined) return
    const next = this.#taken.get(key)?.take()
    if (!next) this.#taken.delete(key)
    else {
      this.#poolOf(next).ready.put(next)
      if (next.pool !== entry.pool) this.#pump(next)
    }
  }

  #hold(entry: Entry, holdMs: number): void {
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.#poolOf(entry).ready.putFirst(entry)
      this.#pump(entry)
    }, holdMs)
    this.#timers.add(timer)
  }

  #isIdle(): boolean {
    return this.#running === 0 && (this.#closed || this.#size === 0)
  }

  #settle(): void {
    if (this.#isIdle()) for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}
