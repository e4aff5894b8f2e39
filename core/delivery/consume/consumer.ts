import type { Bus } from '../../observe/bus.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Registry } from '../../registry.ts'
import { UNREADABLE } from '../attempt/deliverer.ts'
import { KeyedExecutor, type Requeue } from '../attempt/keyed-executor.ts'
import { longestDelayOf, subscriptionOf } from '../attempt/subscription-of.ts'
import type { NewLease } from '../callback-log.ts'
import { createAttempt, type AttemptsDeps, type Task } from './attempts.ts'
import { type Item, itemOf, type Shared } from './item.ts'
import { KeyOverflow, MAX_PREFETCH_PER_KEY } from './key-overflow.ts'
import { createOutcomes } from './outcomes.ts'
import { Partition } from './partition.ts'

export interface ConsumerDeps extends Omit<AttemptsDeps, 'outcomes' | 'longestMs' | 'isClosed'> {
  readonly registry: Registry
  readonly bus: Bus
  readonly maxBacklog: number | undefined
  readonly clock: Clock
}

/** Delivers a plugin's callbacks from the partitions that this process leases: new ones, and pending ones. */
export type Consumer = ReturnType<typeof createConsumer>

export function createConsumer(deps: ConsumerDeps) {
  const { plugin, registry, bus, log, settleBatcher, suspects, holds, maxBacklog, clock } = deps
  const partitions = new Map<number, Partition>()
  /** The same, without an iterator for each callback. */
  let list: readonly Partition[] = []
  const longestMs = (): number => longestDelayOf(registry, plugin)
  const outcomes = createOutcomes({ plugin, bus, log, settleBatcher })
  const attempt = createAttempt({ ...deps, outcomes, longestMs, isClosed: () => closed })
  let closed = false
  let isPumping = false
  let turn = 0

  const executor = new KeyedExecutor((key) => {
    if (key !== undefined) overflow.resume(key)
    pump()
  }, clock)
  const overflow: KeyOverflow = new KeyOverflow({
    fetch: (partition, seqs) => log.fetch(partition.lease, seqs),
    prefetchedOf: (key) => executor.of(key),
    onNext: (partition, row) => push(partition, itemOf(row, partition.suspectFinder)),
    onLost(partition, seq) {
      partition.finish()
      partition.settle(seq)
    },
  })
  /** Nothing is taken for a plugin on hold. */
  const room = (): number => (closed || holds.until(plugin) ? 0 : executor.room)
  const waiting = (): number => list.reduce((sum, partition) => sum + partition.waiting, 0)

  const place = (partition: Partition, item: Item): void => {
    const { key, seq } = item.shared
    if (key !== undefined && (overflow.has(key) || executor.of(key) >= MAX_PREFETCH_PER_KEY))
      overflow.add(key, partition, seq)
    else push(partition, item)
  }
  const push = (partition: Partition, item: Item): void => {
    const { callback, key } = item.shared
    if (callback.raw === '') return deadLetter(partition, item, UNREADABLE)
    const subscription = subscriptionOf(registry, plugin, callback)
    if (!subscription)
      return deadLetter(partition, item, `plugin ${plugin} no longer has a handler for ${callback.command}`)
    const task: Task = { partition, subscription, item }
    const run = (): Requeue | Promise<Requeue> => attempt(task)
    executor.push(subscription.pool, key, item.isSuspect ? suspects.alone(() => task.item.isSuspect, run, hold) : run)
  }
  const deadLetter = (partition: Partition, item: Item, error: string): void =>
    outcomes.dead(partition, item, { attempts: item.attempt - 1, error })
  const hold = (): Promise<void> | undefined => holds.until(plugin)

  /** Takes the next callbacks of a partition, while there is room. */
  const drain = (partition: Partition): void => {
    const { readAhead } = partition
    while (readAhead.length > 0) {
      const isTooMuch = maxBacklog !== undefined && waiting() > maxBacklog
      if (!isTooMuch && (room() <= 0 || overflow.isFull)) return
      const item = readAhead.take()
      if (!item) return
      const error = `the backlog is over maxBacklog (${maxBacklog})`
      if (isTooMuch) outcomes.dead(partition, item, { attempts: 0, error })
      else place(partition, item)
    }
  }

  const pump = (): void => {
    // Tasks that end synchronously free room, and call this again, while the loop runs.
    if (closed || isPumping) return
    isPumping = true
    // Starts with a different partition each time, so that a busy one does not starve the rest.
    const from = turn++
    for (let index = 0; index < list.length; index++) {
      const partition = list[(from + index) % list.length]
      if (!partition?.isHeld) continue
      drain(partition)
      partition.retries.read()
      partition.readAhead.refill()
    }
    isPumping = false
  }

  /** Drops a partition whose lease was lost or returned, and its waiting callbacks. */
  const drop = (partition: Partition): void => {
    partition.lose()
    overflow.drop(partition)
    if (partitions.get(partition.lease.partition) === partition) partitions.delete(partition.lease.partition)
    list = [...partitions.values()]
  }

  return {
    plugin,
    partitions: partitions as ReadonlyMap<number, Partition>,
    /** Takes a new lease. */
    take(lease: NewLease): void {
      const former = partitions.get(lease.partition)
      // Keys that wait in the former one would hold the new one's callbacks, and never start them.
      if (former) drop(former)
      const partition = new Partition(lease, {
        log,
        settleBatcher,
        clock,
        longestMs,
        room: () => Math.ceil(room() / list.length),
        onDue(from, item) {
          push(from, item)
          pump()
        },
        onMore: pump,
      })
      partitions.set(lease.partition, partition)
      list = [...partitions.values()]
      partition.retries.wake(0)
      pump()
    },
    drop,
    /** This process stored a callback. Without `shared` it is not for the plugin. */
    stored(n: number, seq: number, shared: Shared | undefined): void {
      partitions.get(n)?.stored(seq, shared)
    },
    /** There may be callbacks that this process does not know of, in one partition or in all. */
    look(n?: number): void {
      for (const partition of list) {
        if (n !== undefined && n !== partition.lease.partition) continue
        partition.readAhead.look()
        // A hint about one partition is an append, which makes nothing due.
        if (n === undefined) partition.retries.wake(0)
      }
    },
    pump,
    /** Requests have made callbacks pending. */
    woken(count: number): void {
      const [first] = list
      if (first) first.waiting += count
      for (const { retries } of list) retries.wake(log.now())
    },
    waiting,
    /** When the oldest callback beyond the cursor was received. Rejects if that cannot be read. */
    async oldestAt(): Promise<number | undefined> {
      const heads = list.map(async ({ lease, cursor: { head } }) =>
        head === undefined ? [] : (await log.fetch(lease, [head])).map(({ receivedAt }) => receivedAt),
      )
      const times = (await Promise.all(heads)).flat()
      return times.length === 0 ? undefined : Math.min(...times)
    },
    close(): void {
      closed = true
      for (const partition of list) partition.close()
      executor.close()
    },
    idle: (): Promise<void> => executor.idle(),
  }
}
