import { setTimeout as delay } from 'node:timers/promises'
import { backoffMs } from '../../lib/backoff.ts'
import type { Bus } from '../../observe/bus.ts'
import { aboutOf } from '../../callback/callback.ts'
import { type Called, freshReading } from '../../host/context.ts'
import type { Registry, Route, Subscription } from '../../registry.ts'
import { loggableError, withCauses } from '../../observe/loggable-error.ts'
import type { Reading } from '../../callback/body-reader.ts'
import { LazySignal } from '../../lib/timeout.ts'
import { type Attempt, attemptOnce } from './attempt.ts'

export const UNREADABLE = 'what is stored of it cannot be read any more'
const DEFAULT_TIMEOUT_MS = 30_000

/** One attempt to deliver one callback to one plugin. */
export interface Job {
  readonly callback: Called
  /** The body as read on receipt, where it is at hand: this plugin's own. */
  readonly parsed: Reading | undefined
  readonly attempt: number
  readonly resends: number
  readonly maybeResend: boolean
}

/** What came of it. Only a failure or a timeout counts as an attempt; an interruption by a stop does not. */
export type Ended =
  | { readonly as: 'done' }
  | { readonly as: 'interrupted' }
  | { readonly as: 'retry'; readonly inMs: number; readonly error: string }
  | { readonly as: 'dead'; readonly attempts: number; readonly error: string; readonly isFault?: true }

/** `settled` resolves when the next callback of the order key may start: a handler may outlast its timeout. */
export interface Delivered {
  readonly ended: Ended
  readonly settled: Promise<void> | undefined
}

const done: Delivered = { ended: { as: 'done' }, settled: undefined }

/** Calls after-handlers for an engine: with their limits and signals, and telling the bus. */
export interface Deliverer {
  /** A promise only where the handler has returned one. */
  deliver(job: Job, subscription: Subscription): Delivered | Promise<Delivered>
  /** From now on a failure is an interruption. */
  interrupt(): void
  /** Fires the signals of the handlers that run. */
  abort(): void
}

export function createDeliverer(registry: Registry, bus: Bus): Deliverer {
  const running = new Set<LazySignal>()
  let interrupted = false
  const conclude = (job: Job, subscription: Subscription, ended: Attempt, startedAt: number): Delivered => {
    const { callback, attempt } = job
    if (ended.ok) {
      if (bus.hasListeners('handler:done')) {
        const about = { ...aboutOf(callback), plugin: subscription.plugin.id, attempt }
        bus.emit('handler:done', { ...about, durationMs: performance.now() - startedAt })
      }
      return done
    }
    const { reason, settled } = ended
    if (interrupted) return { ended: { as: 'interrupted' }, settled }
    const about = { ...aboutOf(callback), plugin: subscription.plugin.id, attempt }
    const error = loggableError(ended.error, callback.raw)
    const retryMs = nextTry(subscription, attempt)
    bus.emit('handler:failed', { ...about, reason, error, ...(retryMs !== undefined && { retryMs }) })
    const text = `${reason} in attempt ${attempt}: ${withCauses(error)}`
    if (retryMs === undefined) bus.emit('callback:dead', { ...about, error: text })
    return {
      ended:
        retryMs === undefined
          ? { as: 'dead', attempts: attempt, error: text }
          : { as: 'retry', inMs: retryMs, error: text },
      settled: waitForSettled(settled, subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS, () =>
        bus.emit('handler:overlap', about),
      ),
    }
  }
  /** A handler that is promised more than the body has is not called. After an update the body may fit. */
  const deadLetterUnfit = ({ callback, attempt }: Job, { plugin }: Subscription, { faults }: Reading): Delivered => {
    const error = `the body does not fit its definition: ${summaryOf(faults)}`
    bus.emit('callback:dead', { ...aboutOf(callback), plugin: plugin.id, error })
    return { ended: { as: 'dead', attempts: attempt - 1, error, isFault: true }, settled: undefined }
  }
  return {
    deliver(job, subscription) {
      const { callback, parsed, attempt, resends, maybeResend } = job
      const route = registry.route(callback.sdkAppId, callback.command)
      const reading = parsed ?? readStored(callback, route)
      if (!reading) {
        bus.emit('callback:dead', { ...aboutOf(callback), plugin: subscription.plugin.id, error: UNREADABLE })
        return { ended: { as: 'dead', attempts: attempt - 1, error: UNREADABLE }, settled: undefined }
      }
      if (!reading.fits && !subscription.faulty) return deadLetterUnfit(job, subscription, reading)
      const { body, faults } = reading
      const timeoutMs = subscription.timeoutMs ?? DEFAULT_TIMEOUT_MS
      const signal = new LazySignal()
      const startedAt = bus.hasListeners('handler:done') ? performance.now() : 0
      const call = { body, faults, attempt, resends, maybeResend, signal }
      const ended = attemptOnce(callback, route, subscription, call, timeoutMs)
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

/** What was stored may be damaged. */
function readStored(callback: Called, route: Route): Reading | undefined {
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

function nextTry({ retry }: Subscription, attempt: number): number | undefined {
  return attempt < retry.attempts ? backoffMs(attempt, retry) : undefined
}

/** Waits for a handler that went on after its timeout, at most as long again. */
async function waitForSettled(settled: Promise<void>, limitMs: number, onOverlap: () => void): Promise<void> {
  const timer = new AbortController()
  const late = delay(limitMs, 'late', { signal: timer.signal }).catch(() => undefined)
  if ((await Promise.race([settled, late])) === 'late') onOverlap()
  timer.abort()
}
