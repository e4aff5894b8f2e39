import type { Clock } from '../../lib/clock.ts'
import { Running } from '../../lib/running.ts'
import type { CallbackLog, Change, NewLease } from '../callback-log.ts'
import { Cursor, DEFER_MS } from './cursor.ts'
import { SuspectFinder } from '../attempt/suspect-finder.ts'
import { type Item, itemOf, type Shared } from './item.ts'
import { ReadAhead } from './read-ahead.ts'
import { Retries } from './retries.ts'
import type { Outbox, SettleBatcher } from './settle-batcher.ts'

export interface PartitionDeps {
  readonly log: CallbackLog
  readonly settleBatcher: SettleBatcher
  readonly clock: Clock
  /** The longest delay of a retry of the plugin, milliseconds. */
  readonly longestMs: () => number
  /** How many pending callbacks may be handed over. */
  readonly room: () => number
  /** Hands over a callback that was pending. */
  readonly onDue: (partition: Partition, item: Item) => void
  /** Called when there is more to hand over. */
  readonly onMore: () => void
}

/** A partition that this process leases for a plugin, and how far the plugin has got in it. */
export class Partition implements Outbox {
  readonly lease: NewLease
  readonly cursor: Cursor
  readonly suspectFinder: SuspectFinder
  readonly readAhead: ReadAhead
  readonly retries: Retries
  /** Its handlers that run, until their outcomes are recorded. */
  readonly running = new Running()
  /** How many callbacks wait: not done, and not dead. */
  waiting: number
  readonly #deps: PartitionDeps
  #state: 'held' | 'closing' | 'lost' = 'held'
  #finished = 0

  constructor(lease: NewLease, deps: PartitionDeps) {
    const { log, settleBatcher, clock, longestMs, room, onDue, onMore } = deps
    this.#deps = deps
    this.lease = lease
    this.waiting = lease.waiting
    this.cursor = new Cursor(lease.cursor)
    this.suspectFinder = new SuspectFinder(lease, log.now())
    this.readAhead = new ReadAhead(
      {
        suspectFinder: this.suspectFinder,
        read: (after, limit) => log.read(lease, after, limit),
        onTake: (seq) => this.cursor.take(seq),
        onAdvance: (seq) => {
          this.cursor.advance(seq)
          settleBatcher.touch()
        },
        onPage: ({ lost, stored }, missed) => {
          if (stored !== undefined)
            this.waiting = lease.waiting + stored + missed - (lease.stored ?? 0) - this.#finished
          this.finish(lost)
          onMore()
        },
      },
      lease.cursor,
      lease.tail,
    )
    this.retries = new Retries({
      clock,
      now: () => log.now(),
      readDue: (query) => log.readDue(lease, query),
      longestMs,
      room,
      onDue: (row) => onDue(this, itemOf(row, this.suspectFinder, true)),
    })
  }

  /** Whether handlers may start. */
  get isHeld(): boolean {
    return this.#state === 'held'
  }

  get isLost(): boolean {
    return this.#state === 'lost'
  }

  /** A callback was stored. Without `shared` it is not for the plugin. */
  stored(seq: number, shared: Shared | undefined): void {
    if (shared) this.waiting++
    if (this.isHeld) this.readAhead.stored(seq, shared)
  }

  /** Callbacks are done or dead. */
  finish(count = 1): void {
    this.waiting -= count
    this.#finished += count
  }

  get finished(): number {
    return this.#finished - this.cursor.unwritten
  }

  /**
   * The callback has left the order, and the cursor may pass it.
   * @param isMarked whether a change that was enqueued marks it done
   */
  settle(seq: number, isMarked = false): void {
    this.cursor.settle(seq, isMarked)
    this.#deps.settleBatcher.touch()
  }

  collect(): Change[] {
    const changes = this.cursor.changes(Date.now(), !this.isHeld)
    if (this.cursor.unwritten > 0) this.#deps.settleBatcher.touch(DEFER_MS)
    return changes
  }

  /** Hands over nothing more. */
  close(): void {
    if (this.#state === 'held') this.#state = 'closing'
    this.retries.close()
    this.readAhead.close()
  }

  /** Another process has the lease. */
  lose(): void {
    this.close()
    this.#state = 'lost'
  }
}
