import type { LogCosts } from './costs.ts'
import type { Simulation } from './simulation.ts'
import { type Cores, Station } from './station.ts'

/** A call of a store: the processor time it takes there, and whether it must be on disk before the reply. */
export interface Call {
  readonly cost: number
  readonly isWrite: boolean
  /** Partitions that are locked until the commit. */
  readonly locks?: readonly number[]
  readonly done: () => void
}

/** The part of the work of a write that comes after its commit. */
const ANSWERING = 0.1

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
  readonly #commit: LogCosts['commit']
  readonly #thread: Station
  #waiting: Call[] = []
  #isBusy = false
  #committing = 0

  constructor(simulation: Simulation, commit: LogCosts['commit'], cores?: Cores) {
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
    if (!calls.some(({ isWrite }) => isWrite)) {
      this.#thread.run(cost, answer)
      return
    }
    // It sleeps while the disk writes, and needs a core again to answer.
    this.#thread.run(cost * (1 - ANSWERING), () => {
      const commit = this.#simulation.lognormal(this.#commit.median, this.#commit.p99)
      this.#committing += commit
      this.#simulation.after(commit, () => this.#thread.run(cost * ANSWERING, answer))
    })
  }
}

/** PostgreSQL: sessions on several cores, partitions that an append locks, and commits that share a write to disk. */
export class SessionStore implements Store {
  readonly #simulation: Simulation
  readonly #commit: LogCosts['commit']
  readonly #cores: Cores
  readonly #coreCount: number
  busy = 0
  readonly #locks = new Map<number, (() => void)[]>()
  #flushing: (() => void)[] | undefined
  #committing = 0
  #locked = 0

  constructor(simulation: Simulation, commit: LogCosts['commit'], cores: Cores, coreCount: number) {
    this.#simulation = simulation
    this.#commit = commit
    this.#cores = cores
    this.#coreCount = coreCount
  }

  call({ cost, isWrite, locks = [], done }: Call): void {
    const sorted = [...new Set(locks)].toSorted((a, b) => a - b)
    this.#lock(sorted, 0, () => {
      const lockedAt = this.#simulation.now
      this.busy += cost
      const session = new Station(this.#simulation, this.#cores)
      const end = (): void => {
        this.#locked += (this.#simulation.now - lockedAt) * sorted.length
        for (const partition of sorted) this.#unlock(partition)
        done()
      }
      if (!isWrite) session.run(cost, end)
      else session.run(cost * (1 - ANSWERING), () => this.#flush(() => session.run(cost * ANSWERING, end)))
    })
  }

  load(microseconds: number): Record<string, number> {
    const locks = this.#locked / microseconds / Math.max(1, this.#locks.size)
    return { cores: this.#cores.busy / microseconds / this.#coreCount, disk: this.#committing / microseconds, locks }
  }

  #lock(partitions: readonly number[], at: number, run: () => void): void {
    const partition = partitions[at]
    if (partition === undefined) return run()
    const next = (): void => this.#lock(partitions, at + 1, run)
    const waiting = this.#locks.get(partition) ?? []
    this.#locks.set(partition, waiting)
    waiting.push(next)
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
  #flush(end: () => void): void {
    if (this.#flushing) {
      this.#flushing.push(end)
      return
    }
    this.#write([end])
  }

  #write(ends: readonly (() => void)[]): void {
    this.#flushing = []
    const took = this.#simulation.lognormal(this.#commit.median, this.#commit.p99)
    this.#committing += took
    this.#simulation.after(took, () => {
      const next = this.#flushing ?? []
      this.#flushing = undefined
      if (next.length > 0) this.#write(next)
      for (const end of ends) end()
    })
  }
}
