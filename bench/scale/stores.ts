import { type Commit, MANY, QUANTILES } from './costs.ts'
import type { Simulation } from './simulation.ts'
import { type Cores, Station } from './station.ts'

/** A call of a store: the processor time it takes there, and whether it must be on disk before the reply. */
export interface Call {
  readonly cost: number
  readonly isWrite: boolean
  readonly rows: number
  /** Partitions that are locked until the commit. */
  readonly locks?: readonly number[]
  readonly done: () => void
}

/** The part of the work of a write that comes after its commit. */
const ANSWERING = 0.1
/** What a session of PostgreSQL does after it has waited, for a lock or a write to disk, microseconds. */
const WAKING = 5

export interface Store {
  /** Microseconds of work so far. */
  readonly busy: number
  call(call: Call): void
  /** The fraction of the time each part of it was busy. */
  load(microseconds: number): Readonly<Record<string, number>>
}

/** Redis, and sqlite's thread: it works through everything that has arrived, writes to disk once, then answers. */
export class LoopStore implements Store {
  readonly #simulation: Simulation
  readonly #commit: Commit
  readonly #thread: Station
  #waiting: Call[] = []
  #isBusy = false
  #committing = 0

  constructor(simulation: Simulation, commit: Commit, cores?: Cores) {
    this.#simulation = simulation
    this.#commit = commit
    this.#thread = new Station(simulation, cores)
  }

  call(call: Call): void {
    this.#waiting.push(call)
    if (this.#isBusy) return
    this.#isBusy = true
    this.#simulation.after(0, () => this.#turn())
  }

  get busy(): number {
    return this.#thread.busy
  }

  load(microseconds: number): Record<string, number> {
    const [thread, disk] = [this.#thread.busy / microseconds, this.#committing / microseconds]
    return { thread: thread + disk, disk }
  }

  #turn(): void {
    const calls = this.#waiting
    this.#waiting = []
    this.#isBusy = calls.length > 0
    if (!this.#isBusy) return
    const cost = calls.reduce((sum, call) => sum + call.cost, 0)
    const answer = (): void => {
      for (const { done } of calls) done()
      this.#turn()
    }
    const writes = calls.filter(({ isWrite }) => isWrite)
    if (writes.length === 0) {
      this.#thread.run(cost, answer)
      return
    }
    // It sleeps while the disk writes, and needs a core again to answer.
    this.#thread.run(cost * (1 - ANSWERING), () => {
      const commit = timeOf(this.#commit, sumOfRows(writes), this.#simulation.random())
      this.#committing += commit
      this.#simulation.after(commit, () => this.#thread.run(cost * ANSWERING, answer))
    })
  }
}

/** PostgreSQL: sessions on several cores, partitions that an append locks, and commits that share a write to disk. */
export class SessionStore implements Store {
  readonly #simulation: Simulation
  readonly #commit: Commit
  readonly #cores: Cores
  readonly #coreCount: number
  busy = 0
  readonly #locks = new Map<number, (() => void)[]>()
  #flushing: Write[] | undefined
  #committing = 0
  #locked = 0

  constructor(simulation: Simulation, commit: Commit, cores: Cores, coreCount: number) {
    this.#simulation = simulation
    this.#commit = commit
    this.#cores = cores
    this.#coreCount = coreCount
  }

  call({ cost, isWrite, rows, locks = [], done }: Call): void {
    const sorted = [...new Set(locks)].toSorted((a, b) => a - b)
    const session = new Station(this.#simulation, this.#cores)
    const wake = (next: () => void): void => session.run(WAKING, next)
    this.#lock(sorted, wake, () => {
      const lockedAt = this.#simulation.now
      this.busy += cost
      const end = (): void => {
        this.#locked += (this.#simulation.now - lockedAt) * sorted.length
        for (const partition of sorted) this.#unlock(partition)
        done()
      }
      const answer = (): void => session.run(cost * ANSWERING, end)
      if (isWrite) session.run(cost * (1 - ANSWERING), () => this.#flush({ rows, wake, answer }))
      else session.run(cost, end)
    })
  }

  load(microseconds: number): Record<string, number> {
    const locks = this.#locked / microseconds / Math.max(1, this.#locks.size)
    return { cores: this.#cores.busy / microseconds / this.#coreCount, disk: this.#committing / microseconds, locks }
  }

  /** One after another. A session that had to wait for one needs a core before it goes on. */
  #lock([partition, ...others]: readonly number[], wake: Write['wake'], run: () => void): void {
    if (partition === undefined) return run()
    const next = (): void => this.#lock(others, wake, run)
    const waiting = this.#locks.get(partition) ?? []
    this.#locks.set(partition, waiting)
    waiting.push(() => wake(next))
    if (waiting.length === 1) next()
  }

  /** The first of the waiting jobs is the one that holds the lock. */
  #unlock(partition: number): void {
    const waiting = this.#locks.get(partition)
    waiting?.shift()
    const [next] = waiting ?? []
    if (next) this.#simulation.after(0, next)
  }

  /** Requests that arrive during a write to disk are all covered by the next one. */
  #flush(write: Write): void {
    if (this.#flushing) {
      this.#flushing.push(write)
      return
    }
    this.#write([write])
  }

  /** The session that writes for all needs a core before it can let the others go on, and the next one write. */
  #write(writes: readonly Write[]): void {
    this.#flushing = []
    const took = timeOf(this.#commit, sumOfRows(writes), this.#simulation.random())
    this.#committing += took
    this.#simulation.after(took, () =>
      writes[0]?.wake(() => {
        const next = this.#flushing ?? []
        this.#flushing = undefined
        if (next.length > 0) this.#write(next)
        for (const { answer } of writes) answer()
      }),
    )
  }
}

/** What waits for a write to disk. */
interface Write {
  readonly rows: number
  /** Calls back once the session has a core again. */
  readonly wake: (next: () => void) => void
  readonly answer: () => void
}

/** How long a commit of this many rows takes if `share` of all commits are faster. */
function timeOf({ one, many }: Commit, rows: number, share: number): number {
  const at = QUANTILES.findLastIndex((quantile) => quantile <= share)
  const [from = 0, to = 1] = [QUANTILES[at], QUANTILES[at + 1]]
  const between = ([low = 0, high = low]: readonly number[]): number =>
    low + ((high - low) * (share - from)) / (to - from)
  const [few, most] = [between(one.slice(at, at + 2)), between(many.slice(at, at + 2))]
  return few + (Math.max(0, most - few) * rows) / MANY
}

function sumOfRows(all: readonly { readonly rows: number }[]): number {
  return all.reduce((sum, { rows }) => sum + rows, 0)
}
