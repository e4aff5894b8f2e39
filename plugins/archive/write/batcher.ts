import { setTimeout as delay } from 'node:timers/promises'
import { type Count, type Log, RetryAfter } from 'timhook/plugin'
import type { AnyFact } from '../callbacks/fact.ts'
import { codeOf, type Failure } from '../database/engine.ts'

/** Callbacks per transaction, and about how much text they may have. */
const MAX_CALLBACKS = 500
const MAX_CHARACTERS = 8_000_000
/** How often a batch is tried before the database counts as down, since only the connection may have been stale. */
const TRIES = 3
const PAUSE_MS = 250
/** The pauses between probes of a database that is down: the first, doubled each time, and the longest. */
const MIN_PROBE_MS = 1000
const MAX_PROBE_MS = 30_000
const COMPLAIN_MS = 60_000

/** The database refused a callback. Contains nothing of its message, since databases quote values. */
class NotArchivedError extends Error {
  override readonly name = 'NotArchivedError'
}

interface Waiting {
  readonly facts: readonly AnyFact[]
  readonly characters: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface BatcherDeps {
  readonly apply: (facts: readonly AnyFact[]) => Promise<void>
  readonly failureOf: (error: unknown) => Failure
  readonly count: Count
  readonly log: Pick<Log, 'warn' | 'info'>
  /** Aborted when the server stops. */
  readonly signal: AbortSignal
}

/**
 * Writes the facts of many callbacks in one transaction: those that arrived while the previous one was under way.
 *
 * - B1. A callback resolves when its transaction is committed, and not before.
 * - B2. While the database is down the whole plugin is held: no attempt is spent, and the order is kept. After each hold
 *   one batch probes the database, and the holds get longer.
 * - B3. A callback that the database refuses fails alone.
 */
export class Batcher {
  readonly #deps: BatcherDeps
  readonly #queue: Waiting[] = []
  #isRunning = false
  #complainedAt = -Infinity
  #isAway = false
  /** Probes that have failed, and when the next one is due by the clock of performance.now(). */
  #probes = 0
  #probeAt = -Infinity

  constructor(deps: BatcherDeps) {
    this.#deps = deps
    deps.signal.addEventListener('abort', () => this.#giveBack(this.#queue.splice(0)), { once: true })
  }

  /**
   * Resolves when the facts are in the database.
   * @throws RetryAfter for the whole plugin while the database is down; NotArchivedError
   */
  add(facts: readonly AnyFact[], characters: number): Promise<void> {
    if (facts.length === 0) return Promise.resolve()
    // This was already under way when the hold began.
    if (performance.now() < this.#probeAt) return Promise.reject(this.#held())
    return new Promise((resolve, reject) => {
      this.#queue.push({ facts, characters, resolve, reject })
      if (this.#deps.signal.aborted) return this.#giveBack(this.#queue.splice(0))
      if (this.#isRunning) return
      this.#isRunning = true
      // Callbacks of this turn of the event loop go along.
      setImmediate(() => void this.#run())
    })
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#write(this.#take())
    this.#isRunning = false
  }

  #take(): Waiting[] {
    let [count, characters] = [0, 0]
    while (count < Math.min(this.#queue.length, MAX_CALLBACKS) && (count === 0 || characters < MAX_CHARACTERS)) {
      characters += this.#queue[count++]?.characters ?? 0
    }
    return this.#queue.splice(0, count)
  }

  /** Settles each callback of the batch. Never rejects. */
  async #write(batch: readonly Waiting[]): Promise<void> {
    const { apply, failureOf, signal } = this.#deps
    for (let tries = 1; ;) {
      if (signal.aborted) return this.#giveBack(batch)
      // The half of a batch whose other half was put off.
      if (performance.now() < this.#probeAt) return this.#putOff(batch)
      try {
        await apply(batch.flatMap(({ facts }) => facts))
      } catch (error) {
        const failure = failureOf(error)
        this.#deps.count('failures', { failure })
        if (failure === 'data') return this.#divide(batch, error)
        if (failure === 'unavailable') {
          this.#complain(error)
          if (this.#probes > 0 || tries++ === TRIES) return this.#hold(batch)
        }
        const waitMs = failure === 'conflict' ? 10 : PAUSE_MS
        // Random, so that several servers do not come back at once.
        await delay(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
        continue
      }
      this.#countWritten(batch)
      if (this.#isAway) this.#deps.log.info('the archive is written again')
      this.#isAway = false
      this.#probes = 0
      for (const { resolve } of batch) resolve()
      return
    }
  }

  /** Puts off the batch, and everything else that waits. */
  #hold(batch: readonly Waiting[]): void {
    if (this.#deps.signal.aborted) return this.#giveBack(batch)
    const holdMs = Math.min(MIN_PROBE_MS * 2 ** this.#probes++, MAX_PROBE_MS)
    this.#probeAt = performance.now() + holdMs * (0.5 + Math.random() / 2)
    this.#putOff([...batch, ...this.#queue.splice(0)])
  }

  #putOff(batch: readonly Waiting[]): void {
    for (const { reject } of batch) reject(this.#held())
  }

  #held(): RetryAfter {
    const waitMs = Math.ceil(this.#probeAt - performance.now())
    return new RetryAfter(Math.max(1, waitMs), 'the database of the archive takes nothing', { plugin: true })
  }

  #countWritten(batch: readonly Waiting[]): void {
    const types = new Map<string, number>()
    for (const { facts } of batch) for (const { type } of facts) types.set(type, (types.get(type) ?? 0) + 1)
    for (const [type, times] of types) this.#deps.count('written', { type }, times)
    this.#deps.count('transactions')
  }

  async #divide(batch: readonly Waiting[], error: unknown): Promise<void> {
    if (batch.length > 1) {
      const half = batch.length >> 1
      await this.#write(batch.slice(0, half))
      await this.#write(batch.slice(half))
      return
    }
    const why = `the database refuses this message (${codeOf(error)})`
    for (const { reject } of batch) reject(new NotArchivedError(why))
  }

  #giveBack(batch: readonly Waiting[]): void {
    for (const { reject } of batch) reject(new NotArchivedError('the server stops'))
  }

  #complain(error: unknown): void {
    this.#isAway = true
    const now = performance.now()
    if (now - this.#complainedAt < COMPLAIN_MS) return
    this.#complainedAt = now
    // Only the code: the message of a database's error may quote a text.
    this.#deps.log.warn({ code: codeOf(error) }, 'the archive cannot be written; callbacks wait until it can')
  }
}
