import { Timer } from './timer.ts'
import type { ReportBackgroundError } from '../client/report-background-error.ts'
import type { Run } from '../client/run.ts'
import { SETTLE } from '../scripts/settle.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Place } from '../partition/cursor.ts'

/** What has become of an entry: see the script. */
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
/** The longer, the more of them are told of by one line; and the more are done once more after a death. */
const ACK_DELAY_MS = 20
/** After so long it goes along with something else. */
const PIGGYBACK_AFTER_MS = 16
const RETRY_MS = 250
const BATCH = 256

/**
 * Collects what has become of callbacks and writes it in batches, off the hot path: what a death loses of it is done
 * once more. What cannot be written waits until Redis is back.
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

  /** Something is to be told of the share's trail. */
  touch(lease: PartitionLease): void {
    if (this.#touched.size === 0) this.#touchedAt = performance.now()
    this.#touched.add(lease)
    this.#flushIn(ACK_DELAY_MS)
  }

  /** @param after called once it is written; with false where the share was another's by then */
  enqueue({ lease, entry, place }: EntryRef, outcome: EntryOutcome, after?: (isThrough: boolean) => void): void {
    // The script expects it to be pending.
    if (place?.state === 'open') this.#enqueueAck(lease, place)
    this.#put({ lease, entry, outcome, after })
  }

  /** Notes and writes at once. Gives whether the share was still ours. */
  settleDurably(of: EntryRef, outcome: EntryOutcome): Promise<boolean> {
    return new Promise((resolve) => {
      this.enqueue(of, outcome, resolve)
      void this.flush()
    })
  }

  /** Writes what has waited for a while, unless something is being written. */
  piggyback(): void {
    if (this.#writing || this.#touched.size === 0 || performance.now() - this.#touchedAt < PIGGYBACK_AFTER_MS) return
    void this.flush()
  }

  /** Writes what there is. What could not be written stays, and is tried again. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
    // Once: what is touched while this is written waits its time.
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

  /** What was not pending is told of once, in a line with a number, and before whatever needs that it is pending. */
  #enqueueAck(lease: PartitionLease, until?: Place): void {
    const ackRange = lease.cursor.takeAckRange(until)
    if (!ackRange) return
    const { entry, done, claimed } = ackRange
    const counts = [done.length, ...claimed.map((place) => place.entry)].join(' ')
    const after = (): void => {
      for (const place of done) lease.forget(place.entry)
      lease.acked(entry)
    }
    // Whoever has it told writes at once, or notes something more.
    this.#queue.push({ lease, entry, outcome: ['pass', ++lease.step, counts], after })
  }

  #put(queued: QueuedOutcome): void {
    this.#queue.push(queued)
    this.#flushIn(FLUSH_MS)
  }

  /** What was touched since it was set may have been written meanwhile. */
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
