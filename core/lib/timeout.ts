import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, systemClock } from './clock.ts'

/** How long to wait before a notice is logged, milliseconds. */
export const NOTICE_MS = 5000

/** The error of `withTimeout` after the time limit. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError'

  constructor(limitMs: number) {
    super(`took longer than ${Math.round(limitMs)} ms`)
  }
}

/** Returns the promise's result if it settles within `limitMs` milliseconds, else rejects with a TimeoutError. */
export function withTimeout<T>(promise: PromiseLike<T>, limitMs: number, clock: Clock = systemClock): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(new TimeoutError(limitMs)), limitMs)
    promise.then(resolve, reject).then(
      () => clock.clearTimeout(timer),
      () => clock.clearTimeout(timer),
    )
  })
}

/** Returns whether the promise resolves within `limitMs` milliseconds. */
export function isInTime(promise: PromiseLike<unknown>, limitMs: number): Promise<boolean> {
  return withTimeout(promise, limitMs).then(
    () => true,
    () => false,
  )
}

/** Returns the promise's result. If the signal is aborted first, rejects with its reason at once. */
export async function unlessAborted<T>(promise: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  let abort = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Like `withTimeout`, and calls `onSlow` if NOTICE_MS pass first. */
export async function withNotice<T>(promise: PromiseLike<T>, limitMs: number, onSlow: () => void): Promise<T> {
  // Comes before the timeout if both are due at the same time.
  const notice = limitMs < NOTICE_MS ? undefined : setTimeout(onSlow, NOTICE_MS)
  try {
    return await withTimeout(promise, limitMs)
  } finally {
    clearTimeout(notice)
  }
}

const RETRY_PAUSE_MS = 100

export interface RetryOptions {
  /** How long to keep trying, milliseconds. */
  readonly waitMs: number
  /** Whether this error may be temporary. */
  readonly isTemporary: (error: unknown) => boolean
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** Tries until it succeeds, fails for good, or `waitMs` have passed; then rejects with the last error. */
export async function retryUntil<T>(
  attempt: () => Promise<T>,
  { waitMs, isTemporary, signal }: RetryOptions,
): Promise<T> {
  const endsAt = performance.now() + waitMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isTemporary(error) || performance.now() >= endsAt) throw error
      await delay(RETRY_PAUSE_MS, undefined, { signal })
    }
  }
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

/** An AbortSignal that is created on first use: most handlers never read it, and creating one is slow. */
export class LazySignal {
  #controller: AbortController | undefined
  #reason: Error | undefined

  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#reason) this.#controller.abort(this.#reason)
    return this.#controller.signal
  }

  abort(reason: Error): void {
    this.#reason ??= reason
    this.#controller?.abort(this.#reason)
  }
}
