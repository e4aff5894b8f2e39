import { setTimeout as delay } from 'node:timers/promises'
import { TimhookError } from '../../../../errors.ts'
import { Queue } from '../../../../lib/fifo.ts'
import type { Gaps } from './gaps.ts'
import type { Resequencer } from './resequencer.ts'
import type { Run } from '../client/run.ts'
import { APPEND } from '../scripts/append.ts'

/** A callback as the script takes it. */
export type Row = readonly (string | number)[]

/** Its entry, if it was stored now, whether it is stored, how often the first one has come again, and the id of that. */
export type Appended = readonly [entry: string, stored: number, resends: number, firstId: string]

type Reply = readonly [number: number, ...(string | Appended)[]]

/** Who waits for a callback to be stored. */
export interface AppendWaiter {
  /** It is. Without `appended` there is no more to say. */
  stored(appended: Appended | undefined): void
  failed(error: unknown): void
  /**
   * Told once the answer is out, where this process stored it.
   * @param maybeResend whether the same has come before, and is delivered all the same
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
  /** What is sent now shares the sync with the batch. */
  readonly afterSending: () => void
}

/** Callbacks, and characters of their bodies, that one script stores: Redis stands still meanwhile. */
const BATCH = 128
const BATCH_CHARACTERS = 1_000_000
/**
 * Where others store in the same Redis, a batch waits so long for more: each costs Redis a sync, and every process a turn on
 * processors that they may share.
 */
const GATHER_MS = 1
/** They are not there any more once nothing was heard of them for so long. */
const OTHER_WRITER_MS = 1000
/** What may be under way: a Redis that hangs is not to fill our memory. */
const MAX_OPEN = 20_000
const MAX_OPEN_CHARACTERS = 64_000_000

/**
 * Stores what came in one turn of the event loop together, and while such a batch is under way: they share a round trip
 * and a sync of Redis' file. One batch is under way at a time, so entries are told of in their order.
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

  /** Another process stores in the same Redis. */
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
      // It may be stored all the same, or will be yet: its number is missing then.
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
    // The answers go out first: a handler that keeps the event loop busy must not hold them up.
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
      // Nobody is told of those behind it: no later one may be handed over before they have been read.
      this.#deps.gaps.count++
      throw error
    }
  }
}
