import { Queue } from '../../core/lib/fifo.ts'
import type { Simulation } from './simulation.ts'

/** How long a thread may keep a core that others wait for: a tick of Linux with 250 Hz. */
const SLICE = 4000

/** A core, and the threads that wait for it. */
interface Core {
  readonly waiting: Queue<Station>
  length: number
  isBusy: boolean
}

/**
 * The cores of a machine. Each runs one thread until that has nothing to do, or its slice is over and others wait. A
 * thread that wakes takes an idle core, or else waits for the one that it had last, even if another becomes idle: Linux
 * does not move threads for idle times as short as these.
 */
export class Cores {
  readonly #simulation: Simulation
  readonly #cores: readonly Core[]
  /** Microseconds of work so far, over all cores. */
  busy = 0

  constructor(simulation: Simulation, count: number) {
    this.#simulation = simulation
    this.#cores = Array.from({ length: count }, () => ({ waiting: new Queue(), length: 0, isBusy: false }))
  }

  /** A thread has something to do. */
  ready(thread: Station): void {
    const idle = this.#cores.findIndex(({ isBusy }) => !isBusy)
    thread.core = idle >= 0 ? idle : (thread.core ?? Math.floor(this.#simulation.random() * this.#cores.length))
    const core = this.#cores[thread.core]
    if (!core) return
    core.waiting.put(thread)
    core.length++
    this.#start(core)
  }

  #start(core: Core): void {
    if (core.isBusy) return
    const thread = core.waiting.take()
    if (!thread) return
    core.length--
    core.isBusy = true
    this.#run(core, thread, SLICE)
  }

  #run(core: Core, thread: Station, left: number): void {
    const job = left > 0 || core.length === 0 ? thread.take() : undefined
    if (!job) {
      core.isBusy = false
      thread.isReady = false
      thread.wake()
      this.#start(core)
      return
    }
    this.busy += job.cost
    this.#simulation.after(job.cost, () => {
      job.done()
      this.#run(core, thread, left - job.cost)
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
  /** The core that it had last. */
  core: number | undefined
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

/** Node stops to collect garbage after so much processor time, for so long, microseconds. Seen in real servers. */
const GARBAGE = { every: 17_000, us: 1100 }

/** A thread that runs JavaScript. */
export class NodeThread extends Station {
  #collectAt = GARBAGE.every

  override take(): Job | undefined {
    if (this.busy > this.#collectAt) {
      this.debt += GARBAGE.us
      this.#collectAt = this.busy + GARBAGE.us + GARBAGE.every
    }
    return super.take()
  }
}
