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

export interface AttemptParts {
  readonly plugin: string
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly ledger: SettleBatcher
  readonly validity: Validity
  readonly isClosed: () => boolean
  /** A retry will be due then, on the clock of `performance.now()`. */
  readonly onRetry: (share: PartitionLease, at: number) => void
}

function jobOf({ callback, attempt, resends, maybeResend, received }: Item): Job {
  const parsed = received && takeBody(received)
  return { callback, parsed, attempt, resends, maybeResend }
}

/** Has a plugin's handlers called, and notes what becomes of it. */
export function createAttempts(parts: AttemptParts) {
  const { plugin, deliverer, bus, ledger, validity, isClosed, onRetry } = parts
  /** Those in doubt that run, and those that a stop has interrupted: whoever was told to stop has not died over them. */
  const tried = new Set<Item>()
  const interrupted: Item[] = []

  const forget = ({ share, entry }: Item): void => share.forget(entry)

  const dead = (item: Item, attempts: number, error: string, isTold = false, isFault = false): void => {
    const { callback } = item
    ledger.note(item, [isFault ? 'fault' : 'dead', attempts, error.slice(0, ERROR_LENGTH)], () => forget(item))
    if (!isTold) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }

  /** Told of once it is written, for it counts until then. */
  const over = (item: Item, error: string): void => {
    ledger.note(item, ['dead', 0, error], (isThrough) => {
      forget(item)
      if (isThrough) bus.emit('callback:dead', { ...aboutOf(item.callback), plugin, error })
    })
  }

  type OnHold = (next: Item) => void

  /** A promise only where something is waited for. */
  const attempt = (item: Item, subscription: Subscription, onHold: OnHold): Requeue | Promise<Requeue> => {
    if (item.inDoubt || item.heldUntil > 0 || !validity.isValid()) return wait(item, subscription, onHold)
    const { share } = item
    if (!share.isHeld) return undefined
    const delivered = deliverer.deliver(jobOf(item), subscription)
    if (delivered instanceof Promise || delivered.ended.as !== 'done') {
      return attended(share, conclude(item, subscription, delivered, onHold))
    }
    ledger.done(item)
    return undefined
  }

  const attended = async (share: PartitionLease, ending: Promise<Requeue>): Promise<Requeue> => {
    share.enter()
    try {
      return await ending
    } finally {
      share.leave()
    }
  }

  const wait = async (item: Item, subscription: Subscription, onHold: OnHold): Promise<Requeue> => {
    const { share } = item
    while (share.isHeld && !validity.isValid()) await validity.renewed()
    if (!share.isHeld) return undefined
    const waitMs = item.heldUntil - performance.now()
    if (waitMs > 0) return { delayMs: Math.ceil(waitMs) }
    if (item.hasDied && isPoison(item)) {
      // Written first: else one behind it in its key that kills the process would do so for ever.
      await ledger.flush()
      return undefined
    }
    const call = (): Delivered | Promise<Delivered> => deliverer.deliver(jobOf(item), subscription)
    const delivered = item.inDoubt ? marked(item, call) : call()
    return attended(share, conclude(item, subscription, delivered, onHold))
  }

  const conclude = async (
    item: Item,
    subscription: Subscription,
    delivered: Delivered | Promise<Delivered>,
    onHold: OnHold,
  ): Promise<Requeue> => {
    const { ended, settled } = await delivered
    const holds = subscription.ordered && item.key !== undefined
    if (ended.as === 'done') ledger.done(item)
    else if (ended.as === 'dead') dead(item, ended.attempts, ended.error, true, ended.isFault)
    else if (ended.as === 'interrupted') interrupt(item)
    else retry(item, ended, holds ? onHold : undefined)
    tried.delete(item)
    // The end is stored before the next suspect starts, and before the next one of its key.
    if (item.inDoubt) await ledger.flush()
    await settled
    return ended.as === 'retry' && holds ? { delayMs: ended.inMs } : undefined
  }

  /** The start is stored first: should the process die now, it is known of what. */
  const marked = async (item: Item, call: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const mayStart = (): boolean => !isClosed() && item.share.isHeld
    if (mayStart()) {
      tried.add(item)
      await ledger.noteDurably(item, ['try', item.deaths + 1])
      if (mayStart()) return call()
      unmark(item)
    }
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const interrupt = (item: Item): void => {
    if (isClosed()) {
      item.share.isInterrupted = true
      if (tried.has(item)) interrupted.push(item)
    } else if (tried.has(item)) unmark(item)
  }

  /** It is not under way after all. */
  const unmark = (item: Item): void => {
    tried.delete(item)
    ledger.note(item, item.deaths > 0 ? ['try', -item.deaths] : ['alive'])
  }

  /** @param onHold takes what goes on holding its key */
  const retry = (item: Item, { inMs }: Extract<Ended, { as: 'retry' }>, onHold?: (next: Item) => void): void => {
    const { share } = item
    const attempt = item.attempt + 1
    const at = performance.now() + inMs
    if (onHold) {
      ledger.note(item, ['hold', attempt, inMs])
      onHold({ ...item, attempt, heldUntil: at, deaths: 0, hasDied: false, inDoubt: false })
      return
    }
    ledger.note(item, ['retry', attempt, inMs], () => {
      forget(item)
      onRetry(share, at)
    })
  }

  /** Has a suspect wait, without its key. */
  const suspend = (item: Item, waitMs: number): void => {
    const { share, callback, attempt, deaths: crashes } = item
    const at = performance.now() + waitMs
    ledger.note(item, ['retry', attempt, waitMs])
    ledger.note(item, ['try', -crashes], (isThrough) => {
      forget(item)
      onRetry(share, at)
      if (isThrough) bus.emit('callback:suspect', { ...aboutOf(callback), plugin, crashes, retryMs: waitMs })
    })
  }
  /** Whether a callback is out of the way, because a process has died over it too often. */
  const isPoison = (item: Item): boolean => {
    const fate = afterCrashes(item.deaths)
    if (fate === 'dead') dead(item, item.attempt - 1, poisonText(item.deaths))
    else if (fate) suspend(item, fate.waitMs)
    return fate !== undefined
  }

  return {
    attempt,
    dead,
    over,
    survive(): void {
      for (const item of [...tried, ...interrupted.splice(0)]) ledger.note(item, ['alive'])
    },
  }
}
