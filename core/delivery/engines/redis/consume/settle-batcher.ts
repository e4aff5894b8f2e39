import { Timer } from './timer.ts'
import type { ReportBackgroundError } from '../client/report-background-error.ts'
import type { Run } from '../client/run.ts'
import { SETTLE } from '../scripts/settle.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Place } from '../partition/cursor.ts'

/** The outcome of an entry; see the script SETTLE. */
export type EntryOutcome =
  | readonly ['done' | 'alive']
  | readonly ['retry' | 'hold', attempt: number, inMs: number]
  | readonly ['dead' | 'fault', attempts: number, error: string]
  | readonly ['try', crash: number]
  | readonly ['pass', step: number, counts: string]

interface EntryRef {
  readonly lease: PartitionLease
  readonly entry: string
  readonly place: Place | undefined
}

interface QueuedOutcome {
  readonly lease: PartitionLease
  readonly entry: string
  readonly outcome: EntryOutcome
  readonly after: ((isThrough: boolean) => void) | undefined
}

const FLUSH_MS = 3
/** How long acks wait. A longer wait covers more callbacks with one ack, and repeats more of them after a crash. */
const ACK_DELAY_MS = 20
/** After this time acks go along with an append that is sent anyway. */
const PIGGYBACK_AFTER_MS = 16
const RETRY_MS = 250
const BATCH = 256

/**
 * Writes the outcomes of callbacks in batches, off the hot path. A crash loses the unwritten ones, and those callbacks
 * run again. While Redis is away, outcomes wait here.
 */
export class SettleBatcher {
  readonly #run: Run
  readonly #reportBackgroundError: ReportBackgroundError
  #queue: QueuedOutcome[] = []
  readonly #touched = new Set<PartitionLease>()
  #touchedAt = 0
  readonly #timer = new Timer(() => this.#onTimer())
  #writing: Promise<boolean> | undefined

  constructor(run: Run, reportBackgroundError: ReportBackgroundError) {
    this.#run = run
    this.#reportBackgroundError = reportBackgroundError
  }

  done({ lease, entry, place }: EntryRef): void {
    if (place && lease.cursor.finish(place)) this.touch(lease)
    else this.#put({ lease, entry, outcome: ['done'], after: () => lease.forget(entry) })
  }

  /** Marks a lease whose cursor has acks to write. */
  touch(lease: PartitionLease): void {
    if (this.#touched.size === 0) this.#touchedAt = performance.now()
    this.#touched.add(lease)
    this.#flushIn(ACK_DELAY_MS)
  }

  /** @param after called once it is written; with false if another process held the lease by then */
  enqueue({ lease, entry, place }: EntryRef, outcome: EntryOutcome, after?: (isThrough: boolean) => void): void {
    // The script expects the entry to be pending.
    if (place?.state === 'open') this.#enqueueAck(lease, place)
    this.#put({ lease, entry, outcome, after })
  }

  /** Writes the outcome at once. Returns whether this process still held the lease. */
  settleDurably(of: EntryRef, outcome: EntryOutcome): Promise<boolean> {
    return new Promise((resolve) => {
      this.enqueue(of, outcome, resolve)
      void this.flush()
    })
  }

  /** Writes acks that have waited long enough, unless a write is under way. */
  piggyback(): void {
    if (this.#writing || this.#touched.size === 0 || performance.now() - this.#touchedAt < PIGGYBACK_AFTER_MS) return
    void this.flush()
  }

  /** Writes all queued outcomes. Those that could not be written stay queued and are retried. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    // Only once: leases touched during the write wait for the next flush.
    for (const lease of this.#touched) this.#enqueueAck(lease)
    this.#touched.clear()
    while (this.#queue.length > 0) {
      this.#writing = this.#write()
      const isWritten = await this.#writing
      this.#writing = undefined
      if (!isWritten) {
        this.#flushIn(RETRY_MS)
        return
      }
    }
  }

  close(): void {
    this.#timer.close()
  }

  /**
   * Queues one ack for everything that is done in turn. It goes before an outcome that needs its entry to be pending.
   */
  #enqueueAck(lease: PartitionLease, until?: Place): void {
    const ackRange = lease.cursor.takeAckRange(until)
    if (!ackRange) return
    const { entry, done, claimed } = ackRange
    const counts = [done.length, ...claimed.map((place) => place.entry)].join(' ')
    const after = (): void => {
      for (const place of done) lease.forget(place.entry)
      lease.acked(entry)
    }
    // No timer is set here: the caller flushes at once or queues another outcome.
    this.#queue.push({ lease, entry, outcome: ['pass', ++lease.step, counts], after })
  }

  #put(queued: QueuedOutcome): void {
    this.#queue.push(queued)
    this.#flushIn(FLUSH_MS)
  }

  /** What was touched since the timer was set may have been written meanwhile. */
  #onTimer(): void {
    const waitMs = this.#touchedAt + ACK_DELAY_MS - performance.now()
    if (this.#queue.length > 0 || waitMs <= 0) void this.flush()
    else if (this.#touched.size > 0) this.#flushIn(waitMs)
  }

  #flushIn(inMs: number): void {
    this.#timer.set(performance.now() + inMs)
  }

  async #write(): Promise<boolean> {
    const batch = this.#queue.splice(0, BATCH)
    const args = batch.flatMap(({ lease, entry, outcome: [kind, a = '', b = ''] }) => {
      return [kind, lease.plugin, lease.n, lease.fence, entry, a, b]
    })
    try {
      const replies = await this.#run<number[]>(SETTLE, ...args)
      for (const [index, { lease, after }] of batch.entries()) {
        if (replies[index] !== 1) lease.lose()
        after?.(replies[index] === 1)
      }
      return true
    } catch (error) {
      this.#reportBackgroundError(error)
      this.#queue = [...batch, ...this.#queue]
      return false
    }
  }
}
