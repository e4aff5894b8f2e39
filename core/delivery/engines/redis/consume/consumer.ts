import type { Registry } from '../../../../registry.ts'
import type { Requeue } from '../../../consume/keyed-executor.ts'
import { Prefetch } from '../../../consume/prefetch.ts'
import type { OneAtATime } from '../../../consume/suspects.ts'
import { longestDelayOf, subscriptionOf } from '../../../consume/subscription-of.ts'
import type { Arrival } from '../partition/arrival.ts'
import { type AttemptParts, createAttempts } from './attempts.ts'
import type { Complain } from '../client/report-background-error.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Gaps } from '../append/gaps.ts'
import type { Item } from './item.ts'
import { MAX_PREFETCH_PER_KEY, KeyOverflow } from './key-overflow.ts'
import type { Connection, Run } from '../client/run.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'

export interface ConsumerDeps extends Omit<AttemptParts, 'isClosed' | 'onRetry'> {
  readonly registry: Registry
  readonly connection: Connection
  readonly run: Run
  readonly gaps: Gaps
  readonly suspects: OneAtATime
  readonly maxBacklog: number | undefined
  readonly complain: Complain
}

/** Hands one plugin its callbacks, from the partitions that this process has for it. */
export type Consumer = ReturnType<typeof createConsumer>

export function createConsumer(parts: ConsumerDeps) {
  const { plugin, registry, connection, run, ledger, gaps, validity, suspects, maxBacklog, complain } = parts
  const shares = new Map<number, PartitionLease>()
  let closed = false

  const attempts = createAttempts({
    ...parts,
    isClosed: () => closed,
    onRetry: (share, at) => intake.wake(share, at),
  })
  const slots: Prefetch = new Prefetch((key) => {
    if (key !== undefined) parking.resume(key)
    intake.pump()
  })
  const place = (item: Item): void => {
    const { key } = item
    if (key !== undefined && (parking.has(key) || slots.of(key) >= MAX_PREFETCH_PER_KEY)) parking.park(key, item)
    else push(item)
  }
  const push = (item: Item): void => {
    const subscription = subscriptionOf(registry, plugin, item.callback)
    if (!subscription) {
      attempts.dead(item, item.attempt - 1, `plugin ${plugin} has no handler for ${item.callback.command} any more`)
      return
    }
    // A task that holds its key runs again, for the next attempt.
    let current = item
    const task = (): Requeue | Promise<Requeue> => attempts.attempt(current, subscription, (next) => (current = next))
    const isSuspect = (): boolean => current.inDoubt
    slots.push(subscription.pool, item.key, item.inDoubt ? suspects.alone(isSuspect, task) : task)
  }
  const parking = new KeyOverflow({ connection, inLanes: (key) => slots.of(key), onNext: push })
  const intake = new ReadAhead({
    plugin,
    run,
    ledger,
    gaps,
    maxBacklog,
    longestMs: longestDelayOf(registry, plugin),
    shares,
    room: () => (parking.isFull ? 0 : slots.room),
    mayTake: () => validity.isValid(),
    complain,
    onItem: place,
    onOver: (item) => attempts.over(item, `the backlog is over maxBacklog (${maxBacklog})`),
  })

  return {
    plugin,
    shares,
    /** Whether what comes in this partition is brought by this process. */
    has: (n: number): boolean => shares.get(n)?.isHeld === true,
    /** This process has stored something for the plugin in this partition. */
    stored(n: number, arrival: Arrival): void {
      const share = shares.get(n)
      if (share?.isHeld) intake.arrived(share, arrival)
      intake.pump()
    },
    /** Something came in this partition that has to be read. */
    came(n: number): void {
      const share = shares.get(n)
      if (share) share.dirty = true
    },
    pump: (): void => intake.pump(),
    /** Looks everywhere. */
    look(): void {
      for (const share of shares.values()) share.dirty = true
      intake.pump()
    },
    /** It may be another Redis now. */
    reset(): void {
      for (const share of shares.values()) share.reset()
    },
    /** Starts no further handler. */
    close(): void {
      closed = true
      intake.close()
      for (const share of shares.values()) share.close()
      slots.close()
    },
    /** The stop was no death. */
    survive: (): void => attempts.survive(),
  }
}
