import type { Bus } from '../../../../observe/bus.ts'
import { aboutOf } from '../../../../callback/callback.ts'
import type { Subscription } from '../../../../registry.ts'
import type { Deliverer, Delivered, Ended, Job } from '../../../attempt/deliverer.ts'
import type { Requeue } from '../../../attempt/keyed-executor.ts'
import { takeBody } from '../../../ingest/shared-body.ts'
import { afterCrashes, poisonText } from '../../../attempt/suspects.ts'
import type { Item } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Validity } from './validity.ts'

/** The most characters of an error that are stored. */
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

/** Calls the handlers of a plugin and records the outcome of each attempt. */
export function createAttempts(parts: AttemptDeps) {
  const { plugin, deliverer, bus, settleBatcher, validity, isClosed, onRetry } = parts
  /** Suspects that run, and those that the shutdown interrupted. A clean stop is no crash, so they are cleared then. */
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

  /** Emits only when the outcome is written: the callback counts towards the backlog until then. */
  const deadLetterOverLimit = (item: Item, error: string): void => {
    settleBatcher.enqueue(item, ['dead', 0, error], (isThrough) => {
      forget(item)
      if (isThrough) bus.emit('callback:dead', { ...aboutOf(item.callback), plugin, error })
    })
  }

  type OnHold = (next: Item) => void

  /** Returns a promise only when there is something to wait for. */
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
      // Flush first. Otherwise a callback behind it in its key that crashes the process would do so for ever.
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
    // Store the outcome before the next suspect, or the next callback of the key, starts.
    if (item.isSuspect) await settleBatcher.flush()
    await settled
    return ended.as === 'retry' && holds ? { delayMs: ended.inMs } : undefined
  }

  /** Stores the start first. If the process dies now, the next owner knows which callback was running. */
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

  /** Clears the mark of a suspect that does not run after all. */
  const unmark = (item: Item): void => {
    marked.delete(item)
    settleBatcher.enqueue(item, item.crashCount > 0 ? ['try', -item.crashCount] : ['alive'])
  }

  /** @param onHold takes the next attempt of a callback that keeps its key */
  const retry = (
    item: Item,
    { inMs, isDeferred = false }: Extract<Ended, { as: 'retry' }>,
    onHold?: (next: Item) => void,
  ): void => {
    const { lease } = item
    const attempt = item.attempt + (isDeferred ? 0 : 1)
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

  /** Delays a suspect and frees its key. */
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
  /** Returns whether the callback was dead-lettered or delayed because too many crashes happened over it. */
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
