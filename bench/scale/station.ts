import { Queue } from '../../core/lib/fifo.ts'
import type { Simulation } from './simulation.ts'

/** How long a thread may keep a core that others wait for: a tick of Linux with 250 Hz. */
const SLICE = 4000

/** The cores of a machine. Each runs one thread until that has nothing to do, or its slice is over and others wait. */
export class Cores {
  readonly #simulation: Simulation
  readonly #waiting = new Queue<Station>()
  #waitingCount = 0
  #free: number
  /** Microseconds of work so far, over all cores. */
  busy = 0

  constructor(simulation: Simulation, count: number) {
    this.#simulation = simulation
    this.#free = count
  }

  /** A thread has something to do. */
  ready(thread: Station): void {
    this.#waiting.put(thread)
    this.#waitingCount++
    this.#start()
  }

  #start(): void {
    if (this.#free === 0) return
    const thread = this.#waiting.take()
    if (!thread) return
    this.#waitingCount--
    this.#free--
    this.#run(thread, SLICE)
  }

  #run(thread: Station, left: number): void {
    const job = left > 0 || this.#waitingCount === 0 ? thread.take() : undefined
    if (!job) {
      this.#free++
      thread.isReady = false
      thread.wake()
      this.#start()
      return
    }
    this.busy += job.cost
    this.#simulation.after(job.cost, () => {
      job.done()
      this.#run(thread, left - job.cost)
    })
  }
}

interface Job {
  readonly cost: number
  readonly done: () => void
}

/** A thread, with its queue of jobs. */
export class Station {
  readonly #cores: Cores
  readonly #queue = new Queue<Job>()
  #length = 0
  /** Whether it has a core, or waits for one. */
  isReady = false
  /** Microseconds of work so far. */
  busy = 0
  /** Adds work that runs before the next job and completes nothing. */
  debt = 0

  /** @param cores the machine's, if it shares them; the default is one of its own */
  constructor(simulation: Simulation, cores = new Cores(simulation, 1)) {
    this.#cores = cores
  }

  run(cost: number, done: () => void): void {
    this.#queue.put({ cost, done })
    this.#length++
    this.wake()
  }

  /** Asks for a core, if there is something to do. */
  wake(): void {
    if (this.isReady || this.#length === 0) return
    this.isReady = true
    this.#cores.ready(this)
  }

  take(): Job | undefined {
    const job = this.#queue.take()
    if (!job) return undefined
    this.#length--
    const cost = job.cost + this.debt
    this.debt = 0
    this.busy += cost
    return { cost, done: job.done }
  }
}
