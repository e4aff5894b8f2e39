import type { Bus } from '../../bus.ts'
import { aboutOf } from '../../callback.ts'
import type { Subscription } from '../../registry.ts'
import type { Deliverer, Delivered, Ended, Job } from '../deliverer.ts'
import type { Again } from '../lanes.ts'
import { takeBody } from '../received.ts'
import { DEATHS, type Turns } from '../turns.ts'
import type { Item } from './item.ts'
import type { Ledger } from './ledger.ts'
import type { Share } from './share.ts'
import type { Validity } from './validity.ts'

/** Characters of an error that are stored. */
const ERROR_LENGTH = 2000

export interface AttemptParts {
  readonly plugin: string
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly ledger: Ledger
  readonly turns: Turns
  readonly validity: Validity
  readonly isClosed: () => boolean
  /** A retry will be due then, on the clock of `performance.now()`. */
  readonly onRetry: (share: Share, at: number) => void
}

function jobOf({ callback, attempt, resends, maybeResend, received }: Item): Job {
  const parsed = received && takeBody(received)
  return { callback, parsed, attempt, resends, maybeResend }
}

/** Has a plugin's handlers called, and notes what becomes of it. */
export function createAttempts(parts: AttemptParts) {
  const { plugin, deliverer, bus, ledger, turns, validity, isClosed, onRetry } = parts
  /** Those in doubt that run, and those that a stop has interrupted: whoever was told to stop has not died over them. */
  const tried = new Set<Item>()
  const interrupted: Item[] = []

  const forget = ({ share, entry }: Item): void => share.forget(entry)

  const dead = (item: Item, attempts: number, error: string, isTold = false): void => {
    const { callback } = item
    ledger.note(item, ['dead', attempts, error.slice(0, ERROR_LENGTH)], () => forget(item))
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
  const attempt = (item: Item, subscription: Subscription, onHold: OnHold): Again | Promise<Again> => {
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

  const attended = async (share: Share, ending: Promise<Again>): Promise<Again> => {
    share.enter()
    try {
      return await ending
    } finally {
      share.leave()
    }
  }

  const wait = async (item: Item, subscription: Subscription, onHold: OnHold): Promise<Again> => {
    const { share } = item
    while (share.isHeld && !validity.isValid()) await validity.renewed()
    if (!share.isHeld) return undefined
    const waitMs = item.heldUntil - performance.now()
    if (waitMs > 0) return { holdMs: Math.ceil(waitMs) }
    if (item.inDoubt && item.deaths + 1 >= DEATHS) {
      dead(item, item.attempt - 1, `the process ended ${DEATHS} times while it was handled`)
      await ledger.flush()
      return undefined
    }
    const call = (): Delivered | Promise<Delivered> => deliverer.deliver(jobOf(item), subscription)
    const delivered = item.inDoubt ? turns.take(() => alone(item, call)) : call()
    return attended(share, conclude(item, subscription, delivered, onHold))
  }

  const conclude = async (
    item: Item,
    subscription: Subscription,
    delivered: Delivered | Promise<Delivered>,
    onHold: OnHold,
  ): Promise<Again> => {
    const { ended, settled } = await delivered
    const holds = subscription.ordered && item.key !== undefined
    if (ended.as === 'done') ledger.done(item)
    else if (ended.as === 'dead') dead(item, item.attempt, ended.error, true)
    else if (ended.as === 'interrupted') interrupt(item)
    else retry(item, ended, holds ? onHold : undefined)
    tried.delete(item)
    // Should the process die over the next one of its key, that one is to be the first.
    if (item.inDoubt) await ledger.flush()
    await settled
    return ended.as === 'retry' && holds ? { holdMs: ended.inMs } : undefined
  }

  /** The try is stored first: should the process die of it, that is known. */
  const alone = async (item: Item, call: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const mayStart = (): boolean => !isClosed() && item.share.isHeld
    if (mayStart()) {
      tried.add(item)
      await ledger.noteDurably(item, ['try', item.deaths + 1])
      if (mayStart()) return call()
    }
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const interrupt = (item: Item): void => {
    const { share, deaths } = item
    if (isClosed()) {
      share.isInterrupted = true
      if (tried.has(item)) interrupted.push(item)
    } else if (tried.has(item)) ledger.note(item, deaths > 0 ? ['try', deaths] : ['alive'])
  }

  /** @param onHold takes what goes on holding its key */
  const retry = (item: Item, { inMs }: Extract<Ended, { as: 'retry' }>, onHold?: (next: Item) => void): void => {
    const { share } = item
    const attempt = item.attempt + 1
    const at = performance.now() + inMs
    if (onHold) {
      ledger.note(item, ['hold', attempt, inMs])
      onHold({ ...item, attempt, heldUntil: at, deaths: 0, inDoubt: false })
      return
    }
    ledger.note(item, ['retry', attempt, inMs], () => {
      forget(item)
      onRetry(share, at)
    })
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
