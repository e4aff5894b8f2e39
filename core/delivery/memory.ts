import { setTimeout as delay } from 'node:timers/promises'
import type { Bus } from '../bus.ts'
import { aboutOf, type Callback } from '../callback.ts'
import { freshBody } from '../context.ts'
import type { JsonObject } from '../json.ts'
import { orderKeyOf } from '../protocol/order-key.ts'
import type { Registry, Subscription } from '../registry.ts'
import { loggableError } from '../scrub.ts'
import { LazySignal } from '../within.ts'
import { attemptOnce } from './attempt.ts'
import { backoffMs } from './backoff.ts'
import type { Delivery, Kept } from './delivery.ts'
import { identityOf, tellsResends } from './identity.ts'
import { type Again, Lanes } from './lanes.ts'
import { Recent } from './recent.ts'

const DEFAULT_TIMEOUT_MS = 30_000

/** A callback that was accepted, shared by the deliveries to its plugins. */
interface Item {
  readonly callback: Callback
  readonly key: string | undefined
  readonly maybeResend: boolean
  resends: number
  /** The body as parsed on receipt, for the first plugin that asks. */
  parsed: JsonObject | undefined
}

interface Parts {
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
}

/** The engine without a disk: what it holds ends with the process. For tests and for trying things out. */
export function createMemoryDelivery({ registry, bus, resendWindow }: Parts): Delivery {
  const lanes = new Map(registry.plugins.map(({ id }) => [id, new Lanes()]))
  const recent = new Recent<Item>(resendWindow)
  const retries = new Map<NodeJS.Timeout, Item>()
  const running = new Set<LazySignal>()
  let stopping = false

  const enqueue = (item: Item, subscription: Subscription, attempt: number): void => {
    let tries = attempt
    const { plugin, pool } = subscription
    lanes.get(plugin.id)?.push(pool, item.key, () => deliver(item, subscription, tries++))
  }

  const deliver = async (item: Item, subscription: Subscription, attempt: number): Promise<Again> => {
    const { callback } = item
    const { plugin } = subscription
    const route = registry.route(callback.sdkAppId, callback.command)
    const body = item.parsed ?? freshBody(callback, route)
    item.parsed = undefined
    const timeoutMs = subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS
    const signal = new LazySignal()
    running.add(signal)
    const startedAt = performance.now()
    const call = { body, attempt, resends: item.resends, maybeResend: item.maybeResend, signal }
    const ended = await attemptOnce(callback, route, subscription, call, timeoutMs)
    running.delete(signal)
    const about = { ...aboutOf(callback), plugin: plugin.id, attempt }
    if (ended.ok) {
      bus.emit('handler:done', { ...about, durationMs: performance.now() - startedAt })
      return undefined
    }
    if (stopping) return undefined
    const { error, reason } = ended
    const retryMs = nextTry(subscription, attempt)
    bus.emit('handler:failed', {
      ...about,
      reason,
      error: loggableError(error, callback.raw),
      ...(retryMs !== undefined && { retryMs }),
    })
    if (retryMs === undefined) bus.emit('callback:dead', { ...about, error: `${reason} in attempt ${attempt}` })
    else if (!subscription.ordered) retryLater(item, subscription, attempt + 1, retryMs)
    if (!(await settles(ended.settled, timeoutMs))) bus.emit('handler:overlap', about)
    return retryMs !== undefined && subscription.ordered ? { holdMs: retryMs } : undefined
  }

  const retryLater = (item: Item, subscription: Subscription, attempt: number, retryMs: number): void => {
    const timer = setTimeout(() => {
      retries.delete(timer)
      enqueue(item, subscription, attempt)
    }, retryMs)
    retries.set(timer, item)
  }

  return {
    async start() {},

    async accept(callback) {
      const identity = identityOf(callback)
      const known = recent.get(identity)
      const telling = tellsResends(callback.body)
      if (known) {
        known.resends++
        bus.emit('callback:resent', { ...aboutOf(known.callback), resends: known.resends })
        if (telling) return
      }
      const route = registry.route(callback.sdkAppId, callback.command)
      const { subscriptions } = route
      const definition = route.phase === 'after' ? route.definition : undefined
      const order = definition && orderKeyOf(definition.order, callback.body)
      const key = order && `${callback.sdkAppId}\u0000${order}`
      const item = { callback, key, maybeResend: known !== undefined, resends: 0, parsed: callback.body }
      recent.add(identity, item)
      // The answer goes out first: a handler that keeps the event loop busy must not hold it up.
      setImmediate(() => {
        for (const subscription of subscriptions) enqueue(item, subscription, 1)
      })
    },

    async keep(callback, kept: Kept) {
      if (kept.as === 'dead') bus.emit('callback:dead', { ...aboutOf(callback), error: kept.error })
    },

    async stop(graceMs) {
      stopping = true
      const all = [...lanes.values()]
      const idle = Promise.all(all.map((lane) => lane.idle()))
      const timer = new AbortController()
      await Promise.race([idle, delay(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)])
      timer.abort()
      for (const lane of all) lane.close()
      for (const retry of retries.keys()) clearTimeout(retry)
      for (const signal of running) signal.abort(new Error('the server stops'))
      return { undelivered: all.reduce((sum, lane) => sum + lane.size, retries.size) }
    },
  }
}

function nextTry(subscription: Subscription, attempt: number): number | undefined {
  return attempt < subscription.retry.attempts ? backoffMs(attempt, subscription.retry) : undefined
}

/** Waits for a handler that went on after its timeout, at most as long again. */
async function settles(settled: Promise<void>, limitMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = delay(limitMs, false, { signal: timer.signal }).catch(() => false)
  const first = await Promise.race([settled.then(() => true), late])
  timer.abort()
  return first
}
