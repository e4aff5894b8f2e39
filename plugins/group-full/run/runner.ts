import { setMaxListeners } from 'node:events'
import type { Lease } from 'timhook/plugin'
import { keys } from '../report/keys.ts'
import { Halt } from '../report/outcome.ts'
import type { RunDeps } from './run-deps.ts'
import { type Job, waitingJobs } from '../report/queue.ts'
import { work } from './work.ts'

const MAX_POLL_MS = 5000

/** Runs the jobs of reported groups, a few at a time, each under a lease. */
export class Runner {
  readonly #deps: RunDeps
  readonly #running = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #scanning: Promise<void> | undefined
  #scanAgain = false

  constructor(deps: RunDeps) {
    this.#deps = deps
    // Each run adds a listener, and Node warns of a leak at more than ten.
    setMaxListeners(0, this.#stopping.signal)
    deps.signal.addEventListener('abort', () => this.#stop())
  }

  /** Starts with unfinished jobs. It polls, since nothing notifies it of expired leases or jobs of other processes. */
  start(): void {
    this.#timer = setInterval(() => this.wake(), Math.min(MAX_POLL_MS, this.#deps.options.lease)).unref()
    this.wake()
  }

  /** Looks for work. */
  wake(): void {
    if (this.#stopping.signal.aborted) return
    this.#scanAgain = true
    this.#scanning ??= this.#scan().finally(() => {
      this.#scanning = undefined
      // A call may have come since the last scan.
      if (this.#scanAgain) this.wake()
    })
  }

  /** Aborts all runs; the next start resumes them. Resolves when they have stored their records. */
  async close(): Promise<void> {
    this.#stop()
    await this.#scanning
    await Promise.all(this.#running.values())
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#stopping.abort(new Halt('incomplete', 'the server stops', { resumes: true }))
  }

  async #scan(): Promise<void> {
    const { store, log, options } = this.#deps
    while (this.#scanAgain) {
      this.#scanAgain = false
      try {
        for (const job of await waitingJobs(store)) {
          if (this.#stopping.signal.aborted || this.#running.size >= options.parallelGroups) return
          await this.#take(job)
        }
      } catch (error) {
        log.error({ error: nameOf(error) }, 'cannot read the queue of groups')
      }
    }
  }

  async #take(job: Job): Promise<void> {
    const key = keys.job(job)
    if (this.#running.has(key)) return
    const lease = await this.#deps.store.lease(keys.lease(job), this.#deps.options.lease)
    if (!lease) return
    this.#running.set(key, this.#run(key, job, lease))
  }

  async #run(key: string, job: Job, lease: Lease): Promise<void> {
    try {
      await work(this.#deps, job, lease, this.#stopping.signal)
      await lease.release()
      this.#running.delete(key)
      this.wake()
    } catch (error) {
      // The job is still stored: the next poll retries it, once the lease has expired.
      this.#deps.log.error({ error: nameOf(error) }, 'a run failed')
      this.#running.delete(key)
    }
  }
}

/** Returns the name alone: the message of an unknown error may quote anything. */
function nameOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown }
  return `${String(name)} ${typeof code === 'string' ? code : ''}`.trim()
}
