import type { Bus } from '../../bus.ts'
import { aboutOf } from '../../callback.ts'
import type { Subscription } from '../../registry.ts'
import type { Deliverer, Delivered, Ended } from '../deliverer.ts'
import type { Again } from '../lanes.ts'
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

/** Has a plugin's handlers called, and notes what becomes of it. */
export function createAttempts(parts: AttemptParts) {
  const { plugin, deliverer, bus, ledger, turns, validity, isClosed, onRetry } = parts
  /** Those in doubt that run, and those that a stop has interrupted: whoever was told to stop has not died over them. */
  const tried = new Set<Item>()
  const interrupted: Item[] = []

  const forget = ({ share, entry }: Item): void => void share.known.delete(entry)

  const dead = (item: Item, attempts: number, error: string, isTold = false): void => {
    const { share, entry, callback } = item
    ledger.note(share, entry, ['dead', attempts, error.slice(0, ERROR_LENGTH)], () => forget(item))
    if (!isTold) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }

  const attempt = async (item: Item, subscription: Subscription, onHold: (next: Item) => void): Promise<Again> => {
    const { share } = item
    while (share.isHeld && !validity.isValid()) await validity.renewed()
    if (!share.isHeld) return undefined
    const waitMs = item.heldUntil - performance.now()
    if (waitMs > 0) return { holdMs: Math.ceil(waitMs) }
    if (item.inDoubt && item.deaths + 1 >= DEATHS) {
      dead(item, item.attempt - 1, `the process ended ${DEATHS} times while it was handled`)
      return undefined
    }
    share.enter()
    try {
      return await deliver(item, subscription, onHold)
    } finally {
      share.leave()
    }
  }

  const deliver = async (item: Item, subscription: Subscription, onHold: (next: Item) => void): Promise<Again> => {
    const { key, callback, maybeResend, resends } = item
    const job = { callback, parsed: undefined, attempt: item.attempt, resends, maybeResend }
    const call = (): Delivered | Promise<Delivered> => deliverer.deliver(job, subscription)
    const { ended, settled } = await (item.inDoubt ? turns.take(() => alone(item, call)) : call())
    const holds = subscription.ordered && key !== undefined
    if (ended.as === 'done') ledger.note(item.share, item.entry, ['done'], () => forget(item))
    else if (ended.as === 'dead') dead(item, item.attempt, ended.error, true)
    else if (ended.as === 'interrupted') interrupt(item)
    else retry(item, ended, holds ? onHold : undefined)
    tried.delete(item)
    await settled
    return ended.as === 'retry' && holds ? { holdMs: ended.inMs } : undefined
  }

  /** The try is stored first: should the process die of it, that is known. */
  const alone = async (item: Item, call: () => Delivered | Promise<Delivered>): Promise<Delivered> => {
    const mayStart = (): boolean => !isClosed() && item.share.isHeld
    if (mayStart()) {
      tried.add(item)
      await ledger.noteDurably(item.share, item.entry, ['try', item.deaths + 1])
      if (mayStart()) return call()
    }
    return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
  }

  const interrupt = (item: Item): void => {
    const { share, entry, deaths } = item
    if (isClosed()) {
      share.isInterrupted = true
      if (tried.has(item)) interrupted.push(item)
    } else if (tried.has(item)) ledger.note(share, entry, deaths > 0 ? ['try', deaths] : ['alive'])
  }

  /** @param onHold takes what goes on holding its key */
  const retry = (item: Item, { inMs }: Extract<Ended, { as: 'retry' }>, onHold?: (next: Item) => void): void => {
    const { share, entry } = item
    const attempt = item.attempt + 1
    const at = performance.now() + inMs
    if (onHold) {
      ledger.note(share, entry, ['hold', attempt, inMs])
      onHold({ ...item, attempt, heldUntil: at, deaths: 0, inDoubt: false })
      return
    }
    ledger.note(share, entry, ['retry', attempt, inMs], () => {
      forget(item)
      onRetry(share, at)
    })
  }

  return {
    attempt,
    dead,
    survive(): void {
      for (const { share, entry } of [...tried, ...interrupted.splice(0)]) ledger.note(share, entry, ['alive'])
    },
  }
}
