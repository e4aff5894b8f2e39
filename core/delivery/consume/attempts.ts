import type { Subscription } from '../../registry.ts'
import { type Delivered, type Deliverer, type Job, MAX_DEFERRED_MS } from '../attempt/deliverer.ts'
import type { Requeue } from '../attempt/keyed-executor.ts'
import type { OneAtATime } from '../attempt/suspects.ts'
import type { CallbackLog } from '../callback-log.ts'
import type { Holds } from '../attempt/holds.ts'
import { type Item, takeBody } from './item.ts'
import type { Outcomes } from './outcomes.ts'
import type { Partition } from './partition.ts'
import type { SettleBatcher } from './settle-batcher.ts'

export interface AttemptsDeps {
  readonly plugin: string
  readonly log: CallbackLog
  readonly deliverer: Deliverer
  readonly settleBatcher: SettleBatcher
  readonly suspects: OneAtATime
  readonly holds: Holds
  readonly leases: Validity
  readonly outcomes: Outcomes
  readonly longestMs: () => number
  readonly isClosed: () => boolean
}

/** Whether the leases of this process are valid. */
interface Validity {
  isValid(): boolean
  /** Resolves when `isValid` may have changed. */
  renewed(): Promise<void>
}

/** A callback to deliver, and the subscription that handles it. */
export interface Task {
  readonly partition: Partition
  readonly subscription: Subscription
  /** The next attempt: for a callback that keeps its key, the same task runs again. */
  item: Item
}

/** Creates the function that calls a plugin's handler for a callback, and records the outcome of the attempt. */
export function createAttempt(deps: AttemptsDeps) {
  const { plugin, log, deliverer, settleBatcher, holds, leases, outcomes, longestMs, isClosed } = deps

  /** How long a held callback still waits, milliseconds. If that is longer than possible, the clock was set back. */
  const delayOf = ({ place, dueAt = 0, deferredSince }: Item): number => {
    if (place !== 'held') return 0
    const delayMs = dueAt - log.now()
    const limitMs = deferredSince === undefined ? longestMs() : MAX_DEFERRED_MS
    return delayMs > limitMs ? 0 : delayMs
  }

  const attempt = (task: Task): Requeue | Promise<Requeue> => {
    const { partition, subscription, item } = task
    const { shared } = item
    const held = holds.until(plugin)
    if (held) return { until: held, inTurn: true }
    if (!leases.isValid()) return { until: leases.renewed(), inTurn: true }
    if (!partition.isHeld) return undefined
    const delayMs = delayOf(item)
    if (delayMs > 0) return { delayMs }
    // Flush first. Otherwise the next callback of its key could crash the process again and again.
    if (item.hasCrashed && outcomes.isPoison(partition, item)) return settleBatcher.flush().then(() => undefined)
    const { callback, maybeResend } = shared
    if (shared.entry > 0) shared.resends = Math.max(shared.resends, log.resendsOf(shared.entry))
    const { deferredSince } = item
    const job = {
      callback,
      parsed: takeBody(shared),
      attempt: item.attempt,
      resends: shared.resends,
      maybeResend,
      deferredMs: deferredSince === undefined ? 0 : log.now() - deferredSince,
    }
    const delivered = item.isSuspect ? deliverSuspect(job, task) : deliverer.deliver(job, subscription)
    if (delivered instanceof Promise || delivered.ended.as !== 'done') return settleAttempt(task, delivered)
    outcomes.done(partition, item)
    holds.ended(plugin)
    return undefined
  }

  /** Stores the start of the attempt first, so that a crash can be blamed on it. */
  const deliverSuspect = async (job: Job, { partition, subscription, item }: Task): Promise<Delivered> => {
    const { shared, tries } = item
    await settleBatcher.enqueueDurably(partition, ['try', shared.seq, tries + 1])
    if (!isClosed() && partition.isHeld) return deliverer.deliver(job, subscription)
    settleBatcher.enqueue(partition, ['try', shared.seq, -tries])
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const settleAttempt = async (task: Task, delivered: Delivered | Promise<Delivered>): Promise<Requeue> => {
    const { partition, subscription, item } = task
    const { shared, isSuspect } = item
    partition.running.enter()
    const { ended, settled } = await delivered
    const keepsKey = subscription.ordered && shared.key !== undefined
    let requeue: Requeue
    if (ended.as !== 'interrupted' && !(ended.as === 'retry' && ended.holdsPlugin)) holds.ended(plugin)
    if (ended.as === 'done') outcomes.done(partition, item)
    else if (ended.as === 'dead') outcomes.dead(partition, item, ended, true)
    else if (ended.as === 'retry' && ended.holdsPlugin) {
      // It keeps its place, and nothing else of the plugin starts before it resumes.
      if (isSuspect) settleBatcher.enqueue(partition, ['try', shared.seq, -item.tries])
      task.item = { ...item, hasCrashed: false }
      holds.hold(plugin, { reason: ended.error, until: log.now() + ended.inMs })
      requeue = { until: holds.until(plugin) ?? Promise.resolve(), inTurn: true }
    } else if (ended.as === 'retry') {
      const now = log.now()
      const next = { attempt: item.attempt, dueAt: now + ended.inMs, error: ended.error }
      const deferred = ended.isDeferred
        ? { ...next, deferredSince: item.deferredSince ?? now }
        : { ...next, attempt: item.attempt + 1 }
      task.item = outcomes.again(partition, item, deferred, keepsKey)
      if (keepsKey) requeue = { delayMs: ended.inMs }
    }
    // Flush before the next suspect starts, and before the next callback of the same key.
    if (isSuspect) await settleBatcher.flush()
    if (settled) await settled
    partition.running.leave()
    return requeue
  }

  return attempt
}
