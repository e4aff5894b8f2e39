import { type Call, type Called, callHandler } from '../context.ts'
import type { Route, Subscription } from '../registry.ts'
import { isThenable, TimeoutError, within } from '../within.ts'

/** How one attempt ended. After a timeout the handler may still run: `settled` resolves when it does not. */
export type Attempt =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly reason: 'threw' | 'timeout'
      readonly error: unknown
      readonly settled: Promise<void>
    }

/** Calls an after-handler once, with at most `timeoutMs` milliseconds. Its signal is aborted when they are over. */
export async function attemptOnce(
  callback: Called,
  route: Route,
  subscription: Subscription,
  call: Call,
  timeoutMs: number,
): Promise<Attempt> {
  let settled = Promise.resolve()
  try {
    const returned = callHandler(callback, route, subscription, call)
    if (isThenable(returned)) {
      settled = Promise.resolve(returned).then(nothing, nothing)
      await within(returned, timeoutMs)
    }
    return { ok: true }
  } catch (error) {
    const timedOut = error instanceof TimeoutError
    if (timedOut) call.signal.abort(error)
    return { ok: false, reason: timedOut ? 'timeout' : 'threw', error, settled }
  }
}

function nothing(): void {}
