import type { Bus } from '../../../../observe/bus.ts'
import { aboutOf } from '../../../../callback/callback.ts'
import type { Subscription } from '../../../../registry.ts'
import type { Deliverer, Delivered, Ended, Job } from '../../../consume/deliverer.ts'
import type { Requeue } from '../../../consume/keyed-executor.ts'
import { takeBody } from '../../../ingest/shared-body.ts'
import { afterCrashes, poisonText } from '../../../consume/suspects.ts'
import type { Item } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Validity } from './validity.ts'

/** Characters of an error that are stored. */
const ERROR_LENGTH = 2000

export interface AttemptDeps {
  readonly plugin: string
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly settleBatcher: SettleBatcher
  readonly validity: Validity
  readonly isClosed: () => boolean
  /** A retry will be due then, on the clock of `performance.now()`. */
  readonly onRetry: (lease: PartitionLease, at: number) => void
}

function jobOf({ callback, attempt, resends, maybeResend, received }: Item): Job {
  const parsed = received && takeBody(received)
  return { callback, parsed, attempt, resends, maybeResend }
}

/** Has a plugin's handlers called, and notes what becomes of it. */
export function createAttempts(parts: AttemptDeps) {
  const { plugin, deliverer, bus, settleBatcher, validity, isClosed, onRetry } = parts
  /** Those in doubt that run, and those that a stop has interrupted: whoever was told to stop has not died over them. */
  const marked = new Set<Item>()
  const interrupted: Item[] = []

  const forget = ({ lease, entry }: Item): void => lease.forget(entry)

  const deadLetter = (item: Item, attempts: number, error: string, isEmitted = false, isFault = false): void => {
    const { callback } = item
    settleBatcher.enqueue(item, [isFault ? 'fault' : 'dead', attempts, error.slice(0, ERROR_LENGTH)], () =>
      forget(item),
    )
    if (!isEmitted) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }

  /** Told of once it is written, for it counts until then. */
  const deadLetterOverLimit = (item: Item, error: string): void => {
    settleBatcher.enqueue(item, ['dead', 0, error], (isThrough) => {
      forget(item)
      if (isThrough) bus.emit('callback:dead', { ...aboutOf(item.callback), plugin, error })
    })
  }

  type OnHold = (next: Item) => void

  /** A promise only where something is waited for. */
  const attempt = (item: Item, subscription: Subscription, onHold: OnHold): Requeue | Promise<Requeue> => {
    if (item.isSuspect || item.heldUntil > 0 || !validity.isValid()) return deliverWhenReady(item, subscription, onHold)
    const { lease } = item
    if (!lease.isHeld) return undefined
    const delivered = deliverer.deliver(jobOf(item), subscription)
    if (delivered instanceof Promise || delivered.ended.as !== 'done') {
      return countAsRunning(lease, conclude(item, subscription, delivered, onHold))
    }
    settleBatcher.done(item)
    return undefined
  }

  const countAsRunning = async (lease: PartitionLease, ending: Promise<Requeue>): Promise<Requeue> => {
    lease.handlerStarted()
    try {
      return await ending
    } finally {
      lease.handlerEnded()
    }
  }

  const deliverWhenReady = async (item: Item, subscription: Subscription, onHold: OnHold): Promise<Requeue> => {
    const { lease } = item
    while (lease.isHeld && !validity.isValid()) await validity.renewed()
    if (!lease.isHeld) return undefined
    const waitMs = item.heldUntil - performance.now()
    if (waitMs > 0) return { delayMs: Math.ceil(waitMs) }
    if (item.isNewCrash && isPoison(item)) {
      // Written first: else one behind it in its key that kills the process would do so for ever.
      await settleBatcher.flush()
      return undefined
    }
    const call = (): Delivered | Promise<Delivered> => deliverer.deliver(jobOf(item), subscription)
    const delivered = item.isSuspect ? deliverMarked(item, call) : call()
    return countAsRunning(lease, conclude(item, subscription, delivered, onHold))
  }

  const conclude = async (
    item: Item,
    subscription: Subscription,
    delivered: Delivered | Promise<Delivered>,
    onHold: OnHold,
  ): Promise<Requeue> => {
    const { ended, settled } = await delivered
    const holds = subscription.ordered && item.key !== undefined
    if (ended.as === 'done') settleBatcher.done(item)
    else if (ended.as === 'dead') deadLetter(item, ended.attempts, ended.error, true, ended.isFault)
    else if (ended.as === 'interrupted') interrupt(item)
    else retry(item, ended, holds ? onHold : undefined)
    marked.delete(item)
    // The end is stored before the next suspect starts, and before the next one of its key.
    if (item.isSuspect) await settleBatcher.flush()
    await settled
    return ended.as === 'retry' && holds ? { delayMs: ended.inMs } : undefined
  }

  /** The start is stored first: should the process die now, it is known of what. */
  const deliverMarked = async (item: Item, call: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const mayStart = (): boolean => !isClosed() && item.lease.isHeld
    if (mayStart()) {
      marked.add(item)
      await settleBatcher.settleDurably(item, ['try', item.crashCount + 1])
      if (mayStart()) return call()
      unmark(item)
    }
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const interrupt = (item: Item): void => {
    if (isClosed()) {
      item.lease.isInterrupted = true
      if (marked.has(item)) interrupted.push(item)
    } else if (marked.has(item)) unmark(item)
  }

  /** It is not under way after all. */
  const unmark = (item: Item): void => {
    marked.delete(item)
    settleBatcher.enqueue(item, item.crashCount > 0 ? ['try', -item.crashCount] : ['alive'])
  }

  /** @param onHold takes what goes on holding its key */
  const retry = (item: Item, { inMs }: Extract<Ended, { as: 'retry' }>, onHold?: (next: Item) => void): void => {
    const { lease } = item
    const attempt = item.attempt + 1
    const at = performance.now() + inMs
    if (onHold) {
      settleBatcher.enqueue(item, ['hold', attempt, inMs])
      onHold({ ...item, attempt, heldUntil: at, crashCount: 0, isNewCrash: false, isSuspect: false })
      return
    }
    settleBatcher.enqueue(item, ['retry', attempt, inMs], () => {
      forget(item)
      onRetry(lease, at)
    })
  }

  /** Has a suspect wait, without its key. */
  const suspend = (item: Item, waitMs: number): void => {
    const { lease, callback, attempt, crashCount: crashes } = item
    const at = performance.now() + waitMs
    settleBatcher.enqueue(item, ['retry', attempt, waitMs])
    settleBatcher.enqueue(item, ['try', -crashes], (isThrough) => {
      forget(item)
      onRetry(lease, at)
      if (isThrough) bus.emit('callback:suspect', { ...aboutOf(callback), plugin, crashes, retryMs: waitMs })
    })
  }
  /** Whether a callback is out of the way, because a process has died over it too often. */
  const isPoison = (item: Item): boolean => {
    const action = afterCrashes(item.crashCount)
    if (action === 'dead') deadLetter(item, item.attempt - 1, poisonText(item.crashCount))
    else if (action) suspend(item, action.waitMs)
    return action !== undefined
  }

  return {
    attempt,
    deadLetter,
    deadLetterOverLimit,
    survive(): void {
      for (const item of [...marked, ...interrupted.splice(0)]) settleBatcher.enqueue(item, ['alive'])
    },
  }
}
