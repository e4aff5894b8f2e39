import type { Worker } from 'node:cluster'
import { countersOf, type Family, mergeFamilies } from '../../observe/metrics/family.ts'
import { queryMetrics } from './query-worker.ts'

/** The numbers of all workers together. The counts of a dead worker at its last reading stay in the sum. */
export class WorkerMetrics {
  readonly #last = new Map<Worker, readonly Family[]>()
  #ended: readonly Family[] = []

  async read(workers: readonly Worker[]): Promise<Family[]> {
    const all = await Promise.all(
      workers.map(async (worker) => {
        const families = await queryMetrics(worker)
        if (families && !worker.isDead()) this.#last.set(worker, families)
        // A worker that does not answer must not make the counters go down.
        return families ?? countersOf(this.#last.get(worker) ?? [])
      }),
    )
    return mergeFamilies([...all, this.#ended])
  }

  ended(worker: Worker): void {
    const families = this.#last.get(worker)
    if (!families) return
    this.#ended = mergeFamilies([this.#ended, countersOf(families)])
    this.#last.delete(worker)
  }
}
