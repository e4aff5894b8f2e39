import type { Bus } from '../../bus.ts'
import { aboutOf } from '../../callback.ts'
import type { Registry, Subscription } from '../../registry.ts'
import type { Deliverer } from '../deliverer.ts'
import type { Again } from '../lanes.ts'
import { Slots } from '../slots.ts'
import type { Turns } from '../turns.ts'
import { Intake } from './intake.ts'
import { type Item, itemOf } from './item.ts'
import type { Validity } from './leases.ts'
import type { Ledger } from './ledger.ts'
import { CROWD, Parking } from './parking.ts'
import type { Connection, Run } from './run.ts'
import type { Share } from './share.ts'

/** The death that makes a dead letter. The first one is that which put the callback in doubt; it is not noted. */
const DEATHS = 3

export interface FeedParts {
  readonly plugin: string
  readonly registry: Registry
  readonly deliverer: Deliverer
  readonly bus: Bus
  readonly connection: Connection
  readonly run: Run
  readonly ledger: Ledger
  readonly turns: Turns
  readonly validity: Validity
  readonly maxBacklog: number | undefined
}

/** Hands one plugin its callbacks, from the partitions that this process has for it. */
export type Feed = ReturnType<typeof createFeed>

export function createFeed(parts: FeedParts) {
  const { plugin, registry, deliverer, bus, connection, run, ledger, turns, validity, maxBacklog } = parts
  const shares = new Map<number, Share>()
  /** Those in doubt that run, and those that a stop has interrupted: whoever was told to stop has not died over them. */
  const tried = new Set<Item>()
  const interrupted: Item[] = []
  let closed = false

  const slots: Slots = new Slots((key) => {
    if (key !== undefined) parking.resume(key)
    intake.pump()
  })
  const place = (item: Item): void => {
    const { key } = item
    if (key !== undefined && (parking.has(key) || slots.of(key) >= CROWD)) parking.park(key, item)
    else push(item)
  }
  const push = (item: Item): void => {
    const subscription = subscriptionOf(registry, plugin, item)
    if (!subscription) {
      dead(item, item.attempt - 1, `plugin ${plugin} has no handler for ${item.callback.command} any more`)
      return
    }
    // A task that holds its key runs again, for the next attempt.
    let current = item
    slots.push(subscription.pool, item.key, () => attempt(current, subscription, (next) => (current = next)))
  }
  const parking = new Parking({ connection, inLanes: (key) => slots.of(key), onNext: push })
  const intake = new Intake({
    plugin,
    run,
    maxBacklog,
    shares,
    room: () => (parking.isFull ? 0 : slots.room),
    mayTake: () => validity.isValid(),
    onEntry: (share, taken) => place(itemOf(share, taken)),
    onBuried: (id, app, command, error) =>
      bus.emit('callback:dead', { id, sdkAppId: Number(app), command, plugin, error }),
  })

  const forget = ({ share, entry }: Item): void => void share.known.delete(entry)

  const dead = (item: Item, attempts: number, error: string, isTold = false): void => {
    const { share, entry, callback } = item
    ledger.note(share, entry, ['dead', attempts, error.slice(0, 2000)], () => forget(item))
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
    const { share, entry, key, callback, maybeResend, resends } = item
    const job = { callback, parsed: undefined, attempt: item.attempt, resends, maybeResend }
    const alone = async (): ReturnType<Deliverer['deliver']> => {
      const mayStart = (): boolean => !closed && share.isHeld
      if (mayStart()) {
        tried.add(item)
        await ledger.noteDurably(share, entry, ['try', item.deaths + 1])
        if (mayStart()) return deliverer.deliver(job, subscription)
      }
      return { ended: { as: 'interrupted' }, settled: Promise.resolve() }
    }
    const { ended, settled } = await (item.inDoubt ? turns.take(alone) : deliverer.deliver(job, subscription))
    const holds = subscription.ordered && key !== undefined
    if (ended.as === 'done') ledger.note(share, entry, ['done'], () => forget(item))
    else if (ended.as === 'dead') dead(item, item.attempt, ended.error, true)
    else if (ended.as === 'interrupted') {
      if (closed) share.isInterrupted = true
      if (closed && tried.has(item)) interrupted.push(item)
      else if (tried.has(item)) ledger.note(share, entry, item.deaths > 0 ? ['try', item.deaths] : ['alive'])
    } else {
      const next = [item.attempt + 1, ended.inMs] as const
      const heldUntil = performance.now() + ended.inMs
      if (holds) {
        ledger.note(share, entry, ['hold', ...next])
        onHold({ ...item, attempt: next[0], heldUntil, deaths: 0, inDoubt: false })
      } else {
        ledger.note(share, entry, ['retry', ...next], () => {
          forget(item)
          intake.wake(share, heldUntil)
        })
      }
    }
    tried.delete(item)
    await settled
    return ended.as === 'retry' && holds ? { holdMs: ended.inMs } : undefined
  }

  return {
    plugin,
    shares,
    /** Something came in this partition. */
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
    /** Starts no further handler. */
    close(): void {
      closed = true
      intake.close()
      for (const share of shares.values()) share.close()
      slots.close()
    },
    /** The stop was no death. */
    survive(): void {
      for (const { share, entry } of [...tried, ...interrupted.splice(0)]) ledger.note(share, entry, ['alive'])
    },
  }
}

function subscriptionOf(registry: Registry, plugin: string, { callback }: Item): Subscription | undefined {
  const route = registry.route(callback.sdkAppId, callback.command)
  return route.phase === 'after' ? route.subscriptions.find((one) => one.plugin.id === plugin) : undefined
}
