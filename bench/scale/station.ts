import { Queue } from '../../core/lib/fifo.ts'
import type { Simulation } from './simulation.ts'

interface Job {
  readonly cost: number
  readonly done: () => void
}

/** Servers with a common queue: a thread is one server, the cores of a machine are several. */
export class Station {
  readonly #simulation: Simulation
  readonly #cores: Station | undefined
  readonly #queue = new Queue<Job>()
  #free: number
  /** Microseconds of work so far, over all servers. */
  busy = 0
  /** Adds work that runs before the next job and completes nothing. */
  debt = 0

  /** @param cores the machine's cores, if others use them too */
  constructor(simulation: Simulation, servers: number, cores?: Station) {
    this.#simulation = simulation
    this.#free = servers
    this.#cores = cores
  }

  run(cost: number, done: () => void): void {
    this.#queue.put({ cost, done })
    this.#start()
  }

  #start(): void {
    if (this.#free === 0) return
    const job = this.#queue.take()
    if (!job) return
    this.#free--
    const cost = job.cost + this.debt
    this.debt = 0
    this.busy += cost
    const end = (): void => {
      this.#free++
      job.done()
      this.#start()
    }
    if (this.#cores) this.#cores.run(cost, end)
    else this.#simulation.after(cost, end)
  }
}
