import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type Callback, type StoredCallback } from '../../callback/callback.ts'
import { type Clock, systemClock, type Timer } from '../../lib/clock.ts'
import type { AfterRoute, Registry, Subscription } from '../../registry.ts'
import { filterMap, onTick, TickBatch } from '../../lib/tick-batch.ts'
import { createDeliverer, type Delivered } from '../consume/deliverer.ts'
import type { Delivery } from '../delivery.ts'
import { createIdentify, type Identified } from '../ingest/identify.ts'
import { type Requeue, KeyedExecutor } from '../consume/keyed-executor.ts'
import { orderOf } from '../ingest/order-key.ts'
import { type Received, takeBody } from '../ingest/shared-body.ts'
import { ResendWindow } from '../ingest/resend-window.ts'
import { waitForDrain } from '../consume/drain.ts'

interface Accepted {
  readonly callback: Callback
  readonly route: AfterRoute
}

/** An accepted callback, shared by the deliveries to its plugins. */
interface Item extends Received {
  readonly callback: StoredCallback
  readonly subscriptions: readonly Subscription[]
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its number in the resend window. */
  readonly entry: number
  resends: number
}

interface MemoryDeps {
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  /** Default: the system's. */
  readonly clock?: Clock
}

/** The engine without a disk: its callbacks are lost when the process ends. For tests and trials. */
export function createMemoryDelivery({ registry, bus, resendWindow, clock = systemClock }: MemoryDeps): Delivery {
  const deliverer = createDeliverer(registry, bus, clock)
  const executors = new Map(registry.plugins.map(({ id }) => [id, new KeyedExecutor(clock)]))
  const seen = new ResendWindow(resendWindow, (entries) => bus.emit('resend-window:full', { entries }))
  const identify = createIdentify(resendWindow, bus)
  // After the HTTP answers: a handler that blocks the event loop must not delay them.
  const arrivals = new TickBatch<Accepted>((all) => {
    const identified = filterMap(all, ({ callback, route }) => ({ callback, route, ...identify(callback) }))
    for (const item of filterMap(identified, register)) {
      for (const subscription of item.subscriptions) enqueue(item, subscription, 1)
    }
  }, onTick)
  const retries = new Set<Timer>()
  let interrupted = 0

  /** Returns what to deliver; undefined for a resend. */
  const register = ({ callback, route, fingerprint, identifiesEvent }: Identified & Accepted): Item | undefined => {
    const { id, reading, receivedAt } = callback
    const known = seen.find(fingerprint, receivedAt)
    if (known !== undefined) {
      // The fingerprint covers app and command, so they equal those of the first one.
      const first = { ...aboutOf(callback), id: seen.idOf(known) }
      bus.emit('callback:resent', { ...first, resends: seen.countResend(known) })
      if (identifiesEvent) return undefined
    }
    const { subscriptions } = route
    const key = orderOf(callback, route)
    const entry = seen.add(fingerprint, id, receivedAt)
    const takers = subscriptions.length
    const maybeResend = known !== undefined
    return { callback, subscriptions, key, maybeResend, entry, resends: 0, parsed: reading, takers }
  }

  const enqueue = (item: Item, subscription: Subscription, attempt: number): void => {
    let tries = attempt
    const { plugin, pool } = subscription
    executors.get(plugin.id)?.push(pool, item.key, () => deliver(item, subscription, tries++))
  }

  const deliver = (item: Item, subscription: Subscription, attempt: number): Requeue | Promise<Requeue> => {
    const { callback, entry, maybeResend } = item
    // The window may have forgotten it since.
    item.resends = Math.max(item.resends, seen.resendsOf(entry))
    const job = { callback, parsed: takeBody(item), attempt, resends: item.resends, maybeResend }
    const delivered = deliverer.deliver(job, subscription)
    if (!(delivered instanceof Promise) && delivered.ended.as === 'done') return undefined
    return conclude(item, subscription, attempt, delivered)
  }

  const conclude = async (
    item: Item,
    subscription: Subscription,
    attempt: number,
    delivered: Delivered | Promise<Delivered>,
  ): Promise<Requeue> => {
    const { ended, settled } = await delivered
    if (ended.as === 'interrupted') interrupted++
    if (ended.as === 'retry' && !subscription.ordered) retryLater(item, subscription, attempt + 1, ended.inMs)
    await settled
    return ended.as === 'retry' && subscription.ordered ? { delayMs: ended.inMs } : undefined
  }

  const retryLater = (item: Item, subscription: Subscription, attempt: number, inMs: number): void => {
    const timer = clock.setTimeout(() => {
      retries.delete(timer)
      enqueue(item, subscription, attempt)
    }, inMs)
    retries.add(timer)
  }

  return {
    async start() {},

    accept(callback, route) {
      arrivals.add({ callback, route })
      return undefined
    },

    async recordUndelivered() {},

    async health() {},

    async stats() {
      return { plugins: [...executors].map(([plugin, { size }]) => ({ plugin, backlog: size })) }
    },

    async stop(graceMs) {
      deliverer.interrupt()
      const all = [...executors.values()]
      const settled = await waitForDrain(Promise.all(all.map((executor) => executor.idle())), graceMs)
      for (const executor of all) executor.close()
      for (const retry of retries) clock.clearTimeout(retry)
      deliverer.abort()
      return { undelivered: all.reduce((sum, executor) => sum + executor.size, retries.size + interrupted), settled }
    },
  }
}
