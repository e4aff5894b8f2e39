import { createHash } from 'node:crypto'
import type { Count } from 'timhook/plugin'
import { type Opinion, type Question, type Service, ServiceError } from '../services/service.ts'
import type { Budget } from './budget.ts'
import type { Cache } from './cache.ts'

/** The clock of deadlines, budget and cache. */
export interface AskerClock {
  /** Milliseconds that only grow. */
  monotonic(): number
  setTimeout(run: () => void, ms: number): object
  clearTimeout(timer: object): void
}

export const systemClock: AskerClock = {
  monotonic: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}

export interface AskerDeps {
  readonly service: Service
  readonly timeoutMs: number
  readonly cache: Cache
  /** Shared by all users of the same account. */
  readonly budget: Budget
  readonly count: Count
  readonly clock: AskerClock
}

/**
 * Asks a service.
 *
 * - I1. `ask` settles within `timeoutMs`, whatever the service does.
 * - I2. Equal questions under way at the same time share one request, and a cached answer needs none.
 * - I3. Failures are not cached: the next equal question is asked again.
 */
export class Asker {
  readonly #deps: AskerDeps
  readonly #underWay = new Map<string, Promise<Opinion>>()

  constructor(deps: AskerDeps) {
    this.#deps = deps
  }

  /** @throws ServiceError */
  async ask(question: Question): Promise<Opinion> {
    const { cache, budget, service, clock, count, timeoutMs } = this.#deps
    const now = clock.monotonic()
    const key = keyOf(question, service)
    const kept = cache.get(key, now)
    const joined = this.#underWay.get(key)
    if (kept || joined) count('cached')
    if (kept) return kept
    try {
      if (!joined && !budget.take(now))
        throw new ServiceError('budget', 'the budget of this minute is used up', budget.waitMs(now))
      const opinion = await withDeadline(joined ?? this.#start(key, question), timeoutMs, clock)
      count('answers', { result: opinion.level })
      return opinion
    } catch (error) {
      const failure = error instanceof ServiceError ? error : new ServiceError('answer', 'the answer cannot be read')
      count('answers', { result: failure.code })
      throw failure
    }
  }

  #start(key: string, question: Question): Promise<Opinion> {
    const { service, cache, clock, timeoutMs } = this.#deps
    const ending = new AbortController()
    const timer = clock.setTimeout(() => {
      // From here on the next equal question is asked again, even if this one never ends.
      this.#underWay.delete(key)
      ending.abort()
    }, timeoutMs)
    const work = async (): Promise<Opinion> => {
      try {
        const opinion = await service.ask(question, ending.signal)
        cache.set(key, opinion, clock.monotonic())
        return opinion
      } catch (error) {
        throw ending.signal.aborted ? late(timeoutMs) : error
      } finally {
        clock.clearTimeout(timer)
        if (!ending.signal.aborted) this.#underWay.delete(key)
      }
    }
    // Later, so that a request that ends at once is added before it is removed.
    const answer = Promise.resolve().then(work)
    this.#underWay.set(key, answer)
    return answer
  }
}

/** A hash, so that the memory of the process does not keep what people wrote. */
function keyOf(question: Question, service: Service): string {
  const { kind, content } = question
  return createHash('sha256')
    .update(`${kind}\n${service.keyOf?.(question) ?? ''}\n${content}`)
    .digest('base64')
}

async function withDeadline<T>(work: Promise<T>, ms: number, clock: AskerClock): Promise<T> {
  let timer: object | undefined
  const over = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(() => reject(late(ms)), ms)
  })
  // The loser of the race may still reject, and nobody handles that.
  work.catch(() => undefined)
  try {
    return await Promise.race([work, over])
  } finally {
    if (timer) clock.clearTimeout(timer)
  }
}

function late(ms: number): ServiceError {
  return new ServiceError('timeout', `the service took longer than ${ms} ms`)
}
