import { setTimeout as delay } from 'node:timers/promises'
import { TimhookError } from '../../../../errors.ts'
import { Queue } from '../../../../lib/fifo.ts'
import type { Gaps } from './gaps.ts'
import type { Resequencer } from './resequencer.ts'
import type { Run } from '../client/run.ts'
import { APPEND } from '../scripts/append.ts'

/** The arguments of one callback for APPEND. */
export type Row = readonly (string | number)[]

/**
 * The entry (empty unless stored now), whether it is stored, how many resends the first one has, and the id of the
 * first one.
 */
export type Appended = readonly [entry: string, stored: number, resends: number, firstId: string]

type Reply = readonly [number: number, ...(string | Appended)[]]

/** Waits for a callback to be stored. */
export interface AppendWaiter {
  /** Called when it is stored. `appended` is undefined for a plain append, of which nothing more is to be said. */
  stored(appended: Appended | undefined): void
  failed(error: unknown): void
  /**
   * Called after the HTTP answers, when this process may deliver the entry from memory.
   * @param maybeResend whether the same callback came before and is delivered nevertheless
   */
  entered(entry: string, maybeResend: boolean): void
}

interface QueuedRow {
  readonly row: Row
  readonly size: number
  readonly waiter: AppendWaiter
}

interface AppenderDeps {
  readonly run: Run
  readonly resendWindow: number
  readonly member: string
  readonly gaps: Gaps
  readonly resequencer: Resequencer
  /** Whatever is sent now shares the fsync with the batch. */
  readonly afterSending: () => void
}

/** The most callbacks, and characters of bodies, in one script call. Redis serves nobody else meanwhile. */
const BATCH = 128
const BATCH_CHARACTERS = 1_000_000
/** How long a batch waits for more when other processes write to the same Redis. Each batch costs Redis an fsync. */
const GATHER_MS = 1
/** Another process counts as a writer for this long after its last notification. */
const OTHER_WRITER_MS = 1000
/** The most that may wait: a Redis that hangs must not fill the memory of this process. */
const MAX_OPEN = 20_000
const MAX_OPEN_CHARACTERS = 64_000_000

/**
 * Appends callbacks in batches, so that they share a round trip and an fsync. A batch holds what arrived in one tick,
 * and what arrived while the previous batch was under way. One batch is under way at a time, so entries are handed over
 * in order.
 */
export class Appender {
  readonly #deps: AppenderDeps
  #queue = new Queue<QueuedRow>()
  #queued = 0
  #open = 0
  #characters = 0
  #isBusy = false
  #otherWriterAt = -Infinity

  constructor(deps: AppenderDeps) {
    this.#deps = deps
  }

  append(row: Row, size: number, waiter: AppendWaiter): void {
    if (this.#open >= MAX_OPEN || this.#characters >= MAX_OPEN_CHARACTERS) {
      waiter.failed(new TimhookError('STORE_UNUSABLE', 'Redis does not answer, and too much waits for it'))
      return
    }
    this.#open++
    this.#queued++
    this.#characters += size
    this.#queue.put({ row, size, waiter })
    if (this.#isBusy) return
    this.#isBusy = true
    setImmediate(() => void this.#sendAll())
  }

  /** Records that another process writes to the same Redis. */
  seeOtherWriter(): void {
    this.#otherWriterAt = performance.now()
  }

  async #sendAll(): Promise<void> {
    while (this.#queued > 0) {
      await this.#send(this.#next())
      const isShared = performance.now() - this.#otherWriterAt < OTHER_WRITER_MS
      if (isShared && this.#queued > 0 && this.#queued < BATCH) await delay(GATHER_MS)
    }
    this.#isBusy = false
  }

  #next(): QueuedRow[] {
    const batch: QueuedRow[] = []
    let characters = 0
    while (batch.length < BATCH && characters < BATCH_CHARACTERS) {
      const row = this.#queue.take()
      if (!row) break
      batch.push(row)
      characters += row.size
    }
    this.#queued -= batch.length
    return batch
  }

  async #send(batch: readonly QueuedRow[]): Promise<void> {
    const { run, resendWindow, member, afterSending } = this.#deps
    const args: (string | number)[] = [resendWindow, member]
    for (const { row } of batch) args.push(...row)
    try {
      const reply = run<Reply>(APPEND, ...args)
      afterSending()
      const [number, ...replies] = await reply
      this.#settle(batch, replies, number)
    } catch (error) {
      // Redis may have stored it, or may yet store it. Then its number is missing, and the resequencer sees a gap.
      for (const { waiter } of batch) waiter.failed(error)
    }
    for (const { size } of batch) this.#characters -= size
    this.#open -= batch.length
  }

  #settle(batch: readonly QueuedRow[], replies: readonly (string | Appended)[], number: number): void {
    for (const [index, { waiter }] of batch.entries()) {
      const reply = replies[index]
      waiter.stored(typeof reply === 'string' ? undefined : reply)
    }
    // The HTTP answers go out first: a handler that blocks the event loop must not delay them.
    if (number > 0) setImmediate(() => this.#deps.resequencer.take(number, () => this.#handOverAll(batch, replies)))
  }

  #handOverAll(batch: readonly QueuedRow[], replies: readonly (string | Appended)[]): void {
    for (const [index, { waiter }] of batch.entries()) {
      const reply = replies[index]
      const entry = typeof reply === 'string' ? reply : reply?.[0]
      if (entry) this.#handOver(waiter, entry, typeof reply !== 'string')
    }
  }

  #handOver(waiter: AppendWaiter, entry: string, maybeResend: boolean): void {
    try {
      waiter.entered(entry, maybeResend)
    } catch (error) {
      // The entries behind it are not handed over. They have to be read before any later entry is handed over.
      this.#deps.gaps.count++
      throw error
    }
  }
}
