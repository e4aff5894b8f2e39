import type { Registry } from '../../../../registry.ts'
import type { Requeue } from '../../../attempt/keyed-executor.ts'
import { Prefetch } from '../../../attempt/prefetch.ts'
import type { OneAtATime } from '../../../attempt/suspects.ts'
import { longestDelayOf, subscriptionOf } from '../../../attempt/subscription-of.ts'
import type { Arrival } from '../partition/arrival.ts'
import { type AttemptDeps, createAttempts } from './attempts.ts'
import type { ReportBackgroundError } from '../client/report-background-error.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Gaps } from '../append/gaps.ts'
import type { Item } from './item.ts'
import { MAX_PREFETCH_PER_KEY, KeyOverflow } from './key-overflow.ts'
import type { Connection, Run } from '../client/run.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'

export interface ConsumerDeps extends Omit<AttemptDeps, 'isClosed' | 'onRetry'> {
  readonly registry: Registry
  readonly connection: Connection
  readonly run: Run
  readonly gaps: Gaps
  readonly suspects: OneAtATime
  readonly maxBacklog: number | undefined
  readonly reportBackgroundError: ReportBackgroundError
}

/** Delivers callbacks to one plugin, from the partitions that this process leases for it. */
export type Consumer = ReturnType<typeof createConsumer>

export function createConsumer(parts: ConsumerDeps) {
  const {
    plugin,
    registry,
    connection,
    run,
    settleBatcher,
    gaps,
    validity,
    suspects,
    maxBacklog,
    reportBackgroundError,
  } = parts
  const leases = new Map<number, PartitionLease>()
  let closed = false

  const attempts = createAttempts({
    ...parts,
    isClosed: () => closed,
    onRetry: (lease, at) => readAhead.wake(lease, at),
  })
  const prefetch: Prefetch = new Prefetch((key) => {
    if (key !== undefined) overflow.resume(key)
    readAhead.pump()
  })
  const dispatch = (item: Item): void => {
    const { key } = item
    if (key !== undefined && (overflow.has(key) || prefetch.of(key) >= MAX_PREFETCH_PER_KEY)) overflow.add(key, item)
    else push(item)
  }
  const push = (item: Item): void => {
    const subscription = subscriptionOf(registry, plugin, item.callback)
    if (!subscription) {
      attempts.deadLetter(
        item,
        item.attempt - 1,
        `plugin ${plugin} has no handler for ${item.callback.command} any more`,
      )
      return
    }
    // A task that keeps its key runs again for the next attempt.
    let current = item
    const task = (): Requeue | Promise<Requeue> => attempts.attempt(current, subscription, (next) => (current = next))
    const isSuspect = (): boolean => current.isSuspect
    prefetch.push(subscription.pool, item.key, item.isSuspect ? suspects.alone(isSuspect, task) : task)
  }
  const overflow = new KeyOverflow({ connection, inExecutor: (key) => prefetch.of(key), onNext: push })
  const readAhead = new ReadAhead({
    plugin,
    run,
    settleBatcher,
    gaps,
    maxBacklog,
    longestDelayMs: longestDelayOf(registry, plugin),
    leases,
    room: () => (overflow.isFull ? 0 : prefetch.room),
    mayTake: () => validity.isValid(),
    reportBackgroundError,
    onItem: dispatch,
    onOver: (item) => attempts.deadLetterOverLimit(item, `the backlog is over maxBacklog (${maxBacklog})`),
  })

  return {
    plugin,
    leases,
    /** Whether this process holds the lease of the partition. */
    has: (n: number): boolean => leases.get(n)?.isHeld === true,
    /** An entry for this plugin was stored in the partition. */
    stored(n: number, arrival: Arrival): void {
      const lease = leases.get(n)
      if (lease?.isHeld) readAhead.arrived(lease, arrival)
      readAhead.pump()
    },
    /** The partition has entries that must be read. */
    markDirty(n: number): void {
      const lease = leases.get(n)
      if (lease) lease.dirty = true
    },
    pump: (): void => readAhead.pump(),
    /** Reads all partitions. */
    poll(): void {
      for (const lease of leases.values()) lease.dirty = true
      readAhead.pump()
    },
    /** The connection is new, and it may be another Redis. */
    reset(): void {
      for (const lease of leases.values()) lease.reset()
    },
    /** Starts no more handlers. */
    close(): void {
      closed = true
      readAhead.close()
      for (const lease of leases.values()) lease.close()
      prefetch.close()
    },
    /** Records that suspects did not crash the process: it was stopped. */
    survive: (): void => attempts.survive(),
  }
}
