import { setMaxListeners } from 'node:events'
import type { Lease } from 'timhook/plugin'
import { keys } from '../report/keys.ts'
import { Halt } from '../report/outcome.ts'
import type { Parts } from './parts.ts'
import { type Job, waitingJobs } from '../report/queue.ts'
import { work } from './work.ts'

const MAX_POLL_MS = 5000

/** Works on the groups that were reported, a few at a time, each under a lease. */
export class Runner {
  readonly #parts: Parts
  readonly #running = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false

  constructor(parts: Parts) {
    this.#parts = parts
    // Each run listens, and there may be more of them than Node takes for a leak.
    setMaxListeners(0, this.#stopping.signal)
    parts.signal.addEventListener('abort', () => this.#stop())
  }

  /** Takes up what is unfinished. Other processes and the ends of leases tell nobody, so it looks now and then. */
  start(): void {
    this.#timer = setInterval(() => this.wake(), Math.min(MAX_POLL_MS, this.#parts.options.lease)).unref()
    this.wake()
  }

  /** Looks for work. */
  wake(): void {
    if (this.#stopping.signal.aborted) return
    this.#lookAgain = true
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
      // Somebody may have called between its last look and now.
      if (this.#lookAgain) this.wake()
    })
  }

  /** Ends runs at once; they are taken up at the next start. Resolves when they have written down what they did. */
  async close(): Promise<void> {
    this.#stop()
    await this.#looking
    await Promise.all(this.#running.values())
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#stopping.abort(new Halt('incomplete', 'the server stops', { resumes: true }))
  }

  async #look(): Promise<void> {
    const { store, log, options } = this.#parts
    while (this.#lookAgain) {
      this.#lookAgain = false
      try {
        for (const job of await waitingJobs(store)) {
          if (this.#stopping.signal.aborted || this.#running.size >= options.parallelGroups) return
          await this.#take(job)
        }
      } catch (error) {
        log.error({ error: nameOf(error) }, 'cannot look for groups to work on')
      }
    }
  }

  async #take(job: Job): Promise<void> {
    const key = keys.job(job)
    if (this.#running.has(key)) return
    const lease = await this.#parts.store.lease(keys.lease(job), this.#parts.options.lease)
    if (!lease) return
    this.#running.set(key, this.#run(key, job, lease))
  }

  async #run(key: string, job: Job, lease: Lease): Promise<void> {
    try {
      await work(this.#parts, job, lease, this.#stopping.signal)
      await lease.release()
      this.#running.delete(key)
      this.wake()
    } catch (error) {
      // The job is still there: it is looked at again with the next turn, once the lease has ended.
      this.#parts.log.error({ error: nameOf(error) }, 'a run failed')
      this.#running.delete(key)
    }
  }
}

/** An error of others may quote anything. */
function nameOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown }
  return `${String(name)} ${typeof code === 'string' ? code : ''}`.trim()
}
