import { backoffMs } from '../../lib/backoff.ts'
import type { Bus } from '../../observe/bus.ts'
import { aboutOf, type StoredCallback } from '../../callback/callback.ts'
import { freshReading } from '../../host/context.ts'
import type { Registry, Route, Subscription } from '../../registry.ts'
import { loggableError, withCauses } from '../../observe/loggable-error.ts'
import type { Reading } from '../../callback/body-reader.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { LazySignal, TimeoutError, withTimeout } from '../../lib/timeout.ts'
import { asRetryAfter, isGiveUp } from '../../plugin-api/outcome-errors.ts'
import { type Attempt, attemptOnce } from './attempt.ts'
import { subscriptionOf } from './subscription-of.ts'

export const UNREADABLE = 'what is stored of it can no longer be read'
const DEFAULT_TIMEOUT_MS = 30_000
/** How long RetryAfter may put off a callback before that counts as attempts. Also the longest single delay. */
export const MAX_DEFERRED_MS = 24 * 3_600_000

/** One attempt to deliver one callback to one plugin. */
export interface Job {
  readonly callback: StoredCallback
  /** The parsed body, if it is in memory; it belongs to this plugin alone. */
  readonly parsed: Reading | undefined
  readonly attempt: number
  readonly resends: number
  readonly maybeResend: boolean
  /** How long it has been put off without an attempt, milliseconds. */
  readonly deferredMs?: number
}

/**
 * The outcome of an attempt. Only failures and timeouts count as attempts; an interruption by the shutdown does not.
 */
export type Ended =
  | { readonly as: 'done' }
  | { readonly as: 'interrupted' }
  /** `isDeferred`: the handler put it off, which is not an attempt. `holdsPlugin`: this holds the whole plugin. */
  | {
      readonly as: 'retry'
      readonly inMs: number
      readonly error: string
      readonly isDeferred?: boolean
      readonly holdsPlugin?: boolean
    }
  | { readonly as: 'dead'; readonly attempts: number; readonly error: string; readonly isFault?: true }

/** `settled` resolves when the next callback of the order key may start: a handler may outlast its timeout. */
export interface Delivered {
  readonly ended: Ended
  readonly settled: Promise<void> | undefined
}

const done: Delivered = { ended: { as: 'done' }, settled: undefined }

/** Calls after-handlers for an engine, with their time limits and signals, and emits the outcomes on the bus. */
export interface Deliverer {
  /** Returns a promise only if the handler did. */
  deliver(job: Job, subscription: Subscription): Delivered | Promise<Delivered>
  /** From now on a failure counts as an interruption. */
  interrupt(): void
  /** Fires the signals of all running handlers. */
  abort(): void
}

export function createDeliverer(registry: Registry, bus: Bus, clock: Clock = systemClock): Deliverer {
  const running = new Set<LazySignal>()
  let interrupted = false
  const conclude = (job: Job, subscription: Subscription, ended: Attempt, startedAt: number): Delivered => {
    const { callback, attempt } = job
    const durationMs = clock.monotonic() - startedAt
    bus.counts.handler(subscription.plugin.id).seconds.observe(durationMs)
    if (ended.ok) {
      if (bus.hasListeners('handler:done')) {
        const about = { ...aboutOf(callback), plugin: subscription.plugin.id, attempt }
        bus.emit('handler:done', { ...about, durationMs })
      }
      return done
    }
    const { reason, settled } = ended
    if (interrupted) return { ended: { as: 'interrupted' }, settled }
    const about = { ...aboutOf(callback), plugin: subscription.plugin.id, attempt }
    const outcome = outcomeOf(job, subscription, ended)
    const error = loggableError(ended.error, callback.raw)
    const next = outcome.as === 'retry' && { retryMs: outcome.inMs, ...(outcome.isDeferred && { deferred: true }) }
    bus.emit('handler:failed', { ...about, reason, error, ...next })
    const text = `${reason} in attempt ${attempt}: ${withCauses(error)}`
    if (outcome.as === 'dead') bus.emit('callback:dead', { ...about, error: text })
    return {
      ended: outcome.as === 'dead' ? { ...outcome, attempts: attempt, error: text } : { ...outcome, error: text },
      settled: withTimeout(settled, subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS, clock).catch((late: unknown) => {
        if (late instanceof TimeoutError) bus.emit('handler:overlap', about)
      }),
    }
  }
  /**
   * A handler is never called with a body that lacks what its types promise. After an update of timhook it may fit.
   */
  const deadLetterUnfit = ({ callback, attempt }: Job, { plugin }: Subscription, { faults }: Reading): Delivered => {
    const error = `the body does not fit its definition: ${summaryOf(faults)}`
    bus.emit('callback:dead', { ...aboutOf(callback), plugin: plugin.id, error })
    return { ended: { as: 'dead', attempts: attempt - 1, error, isFault: true }, settled: undefined }
  }
  return {
    deliver(job, given) {
      const { callback, parsed, attempt, resends, maybeResend } = job
      const route = registry.route(callback.sdkAppId, callback.command)
      // Its plugin was replaced while it waited.
      const subscription = given.calls.isReplaced ? subscriptionOf(registry, given.plugin.id, callback) : given
      if (!subscription) return { ended: { as: 'interrupted' }, settled: undefined }
      const reading = parsed ?? readStored(callback, route)
      if (!reading) {
        bus.emit('callback:dead', { ...aboutOf(callback), plugin: subscription.plugin.id, error: UNREADABLE })
        return { ended: { as: 'dead', attempts: attempt - 1, error: UNREADABLE }, settled: undefined }
      }
      if (!reading.fits && !subscription.faulty) return deadLetterUnfit(job, subscription, reading)
      const { body, faults, fits } = reading
      const timeoutMs = subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS
      const signal = new LazySignal()
      const startedAt = clock.monotonic()
      const call = { body, faults, fits, attempt, resends, maybeResend, signal }
      const ended = attemptOnce(callback, route, subscription, call, timeoutMs, clock)
      if (!(ended instanceof Promise)) return conclude(job, subscription, ended, startedAt)
      running.add(signal)
      return ended.then((late) => {
        running.delete(signal)
        return conclude(job, subscription, late, startedAt)
      })
    },
    interrupt() {
      interrupted = true
    },
    abort() {
      for (const signal of running) signal.abort(new Error('the server stops'))
    },
  }
}

/** Returns undefined if what was stored is damaged. */
function readStored(callback: StoredCallback, route: Route): Reading | undefined {
  try {
    return freshReading(callback, route)
  } catch {
    return undefined
  }
}

function summaryOf(faults: readonly string[]): string {
  const [first = '', ...rest] = faults
  return rest.length > 0 ? `${first} (and ${rest.length} more)` : first
}

/** What follows a failure: a dead letter, or another attempt. */
function outcomeOf(
  { attempt, deferredMs = 0 }: Job,
  { retry }: Subscription,
  { reason, error }: Extract<Attempt, { ok: false }>,
): { readonly as: 'dead' } | Omit<Extract<Ended, { as: 'retry' }>, 'error'> {
  const asked = reason === 'threw' ? asRetryAfter(error) : undefined
  if (asked) {
    const inMs = Math.min(asked.ms, MAX_DEFERRED_MS)
    if (asked.plugin) return { as: 'retry', inMs, isDeferred: true, holdsPlugin: true }
    if (deferredMs < MAX_DEFERRED_MS) return { as: 'retry', inMs, isDeferred: true }
    return attempt < retry.attempts ? { as: 'retry', inMs } : { as: 'dead' }
  }
  if (attempt >= retry.attempts || isGiveUp(error)) return { as: 'dead' }
  return { as: 'retry', inMs: backoffMs(attempt, retry) }
}
