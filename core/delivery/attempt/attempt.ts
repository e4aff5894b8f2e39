import type { StoredCallback } from '../../callback/callback.ts'
import { type Call, callHandler, trackCall } from '../../host/context.ts'
import type { Route, Subscription } from '../../registry.ts'
import type { Clock } from '../../lib/clock.ts'
import { asRetryAfter, isGiveUp } from '../../plugin-api/outcome-errors.ts'
import { isThenable, TimeoutError } from '../../lib/timeout.ts'

/** How an attempt ended. A handler may outlive its timeout; `settled` resolves when it ends. */
export type Attempt =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: 'threw' | 'timeout'
      readonly error: unknown
      readonly settled: Promise<void>
    }

const done: Attempt = { ok: true }

/**
 * Calls an after-handler once, with a limit of `timeoutMs` milliseconds, after which its signal is aborted. Returns a
 * promise only if the handler did.
 */
export function attemptOnce(
  callback: StoredCallback,
  route: Route,
  subscription: Subscription,
  call: Call,
  timeoutMs: number,
  clock: Clock,
): Attempt | Promise<Attempt> {
  try {
    const returned = callHandler(callback, route, subscription, call)
    return isThenable(returned)
      ? awaitHandler(returned, call, timeoutMs, trackCall(subscription, callback.id), clock)
      : done
  } catch (error) {
    return { ok: false, reason: 'threw', error, settled: Promise.resolve() }
  }
}

/** One promise for all of it: this runs for each call of an asynchronous handler. */
function awaitHandler(
  returned: PromiseLike<unknown>,
  call: Call,
  timeoutMs: number,
  settle: () => void,
  clock: Clock,
): Promise<Attempt> {
  const handled = Promise.resolve(returned)
  return new Promise((resolve) => {
    let isLate = false
    const end = (attempt: Attempt): void => {
      settle()
      if (isLate) return
      clock.clearTimeout(timer)
      resolve(attempt)
    }
    const timer = clock.setTimeout(() => {
      isLate = true
      const error = new TimeoutError(timeoutMs)
      call.signal.abort(error)
      const settled = handled.then(settle, settle)
      void errorNow(handled).then((own) =>
        resolve(
          asRetryAfter(own) || isGiveUp(own)
            ? { ok: false, reason: 'threw', error: own, settled }
            : { ok: false, reason: 'timeout', error, settled },
        ),
      )
    }, timeoutMs)
    handled.then(
      () => end(done),
      (error: unknown) => end({ ok: false, reason: 'threw', error, settled: Promise.resolve() }),
    )
  })
}

/** The error of a handler that ends as soon as its signal fires: it may be a RetryAfter or a GiveUp. */
function errorNow(returned: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    returned.then(undefined, resolve)
    setImmediate(resolve, undefined)
  })
}
