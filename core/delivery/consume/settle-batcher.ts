import { setTimeout as delay } from 'node:timers/promises'
import { TickBatch } from '../../lib/tick-batch.ts'
import type { CallbackLog, Change, NewLease } from '../callback-log.ts'

const FLUSH_MS = 20
/** How long to wait after a failed write. There may be room again by then. */
const RETRY_AFTER_MS = 1000
/** The same at a stop, which has little time. */
const CLOSE_RETRY_MS = 100

/** A source of changes, which are written together. */
export interface Outbox {
  readonly lease: NewLease
  /** Whether another process has the lease now. Then nothing more is written. */
  readonly isLost: boolean
  /** Returns how the cursor has moved, when a batch is written. */
  collect(): Change[]
  /** How many callbacks are finished, counting the changes that were written or collected. */
  readonly finished: number
  /** Its lease was refused. */
  lose(): void
}

interface Queued {
  changes: Change[]
  after: ((isWritten: boolean) => void)[]
}

/**
 * Collects outcomes of callbacks and writes them in batches, off the hot path. Callbacks whose outcome a crash loses
 * are delivered again. Changes of a lease are written in the order of the calls, and its part of a batch is written whole
 * or not at all.
 */
export class SettleBatcher {
  readonly #log: Pick<CallbackLog, 'settle'>
  readonly #outboxes: () => Iterable<Outbox>
  readonly #flushMs: number
  #queues = new Map<Outbox, Queued>()
  #timer: NodeJS.Timeout | undefined
  /** When the timer fires, and for how long it was set. */
  #writesAt = 0
  #delayMs = 0
  /** Writes once, however many ask for that in a tick. */
  readonly #soon = new TickBatch<void>(() => void this.flush())
  #writing: Promise<void> | undefined
  /** Whether the last write failed. Then the next one waits for its timer, whatever is enqueued meanwhile. */
  #isFailing = false

  /** @param flushMs how long changes that were enqueued are collected; 0 for the rest of the tick */
  constructor(log: Pick<CallbackLog, 'settle'>, outboxes: () => Iterable<Outbox>, flushMs = FLUSH_MS) {
    this.#log = log
    this.#outboxes = outboxes
    this.#flushMs = flushMs
  }

  /** @param after called once the change is written, or with false if the lease was lost */
  enqueue(outbox: Outbox, change: Change, after?: (isWritten: boolean) => void): void {
    const queued = this.#queues.get(outbox) ?? { changes: [], after: [] }
    this.#queues.set(outbox, queued)
    queued.changes.push(change)
    if (after) queued.after.push(after)
    this.touch(this.#flushMs)
  }

  /** Writes a change at once. Resolves once it is written, with whether the lease was still held. */
  enqueueDurably(outbox: Outbox, change: Change): Promise<boolean> {
    return new Promise((resolve) => {
      this.enqueue(outbox, change, resolve)
      void this.flush()
    })
  }

  /** Schedules a write. The earliest requested time wins. */
  touch(inMs = FLUSH_MS): void {
    if (inMs === 0) return this.#soon.add()
    // Called for each callback, and this usually saves reading the clock.
    if (this.#timer && this.#delayMs <= inMs) return
    const at = performance.now() + inMs
    if (this.#timer && this.#writesAt <= at) return
    clearTimeout(this.#timer)
    this.#writesAt = at
    this.#delayMs = inMs
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.flush()
    }, inMs).unref()
  }

  /** Writes along with an append, to share its commit. Does nothing while a write is running. */
  piggyback(): void {
    if (!this.#timer || this.#writing || this.#isFailing) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    void this.flush()
  }

  /** Writes everything collected so far. Keeps what could not be written, and tries again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    this.#writing = this.#write()
    await this.#writing
    this.#writing = undefined
  }

  /** Writes what is left, and stops. Refused writes are retried for `graceMs` milliseconds. */
  async close(graceMs: number): Promise<void> {
    const endsAt = performance.now() + graceMs
    await this.flush()
    while (this.#isFailing && performance.now() < endsAt) {
      await delay(Math.min(CLOSE_RETRY_MS, graceMs))
      await this.flush()
    }
    clearTimeout(this.#timer)
  }

  async #write(): Promise<void> {
    const queues = this.#queues
    this.#queues = new Map()
    for (const outbox of this.#outboxes()) {
      const moved = outbox.collect()
      if (moved.length === 0) continue
      const queued = queues.get(outbox)
      if (queued) queued.changes.push(...moved)
      else queues.set(outbox, { changes: moved, after: [] })
    }
    const batch = [...queues].filter(([{ isLost }, { after }]) => !isLost || after.length > 0)
    const live = batch.filter(([{ isLost }]) => !isLost)
    try {
      const settlements = live.map(([{ lease, finished }, { changes }]) => ({ lease, changes, finished }))
      const written = settlements.length > 0 ? await this.#log.settle(settlements) : []
      this.#isFailing = false
      for (const [index, [outbox]] of live.entries()) if (written[index] === false) outbox.lose()
      for (const [outbox, { after }] of batch) for (const call of after) call(!outbox.isLost)
    } catch {
      this.#isFailing = true
      this.#putBack(batch)
      this.touch(RETRY_AFTER_MS)
    }
  }

  /** Queues a failed batch again, ahead of what has been queued meanwhile. */
  #putBack(batch: readonly (readonly [Outbox, Queued])[]): void {
    for (const [outbox, { changes, after }] of batch) {
      const later = this.#queues.get(outbox) ?? { changes: [], after: [] }
      this.#queues.set(outbox, { changes: [...changes, ...later.changes], after: [...after, ...later.after] })
    }
  }
}
