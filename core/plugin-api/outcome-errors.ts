import { TimhookError } from '../errors.ts'

/**
 * Thrown by an after-handler to be called again in `ms` milliseconds. For the first 24 hours this is not an attempt.
 * With `{ plugin: true }` the whole plugin waits that long, as after `timhook pause`: callbacks keep their order.
 */
export class RetryAfter extends TimhookError {
  declare readonly code: typeof RETRY_AFTER
  readonly ms: number
  /** Whether the whole plugin waits. */
  readonly plugin: boolean

  constructor(ms: number, why: string, options: { plugin?: boolean; cause?: unknown } = {}) {
    super(RETRY_AFTER, why, 'cause' in options ? { cause: options.cause } : {})
    this.ms = Number.isFinite(ms) && ms > 0 ? ms : 0
    this.plugin = options.plugin === true
  }
}

/** Thrown by an after-handler to make the callback a dead letter now, even if attempts are left. */
export class GiveUp extends TimhookError {
  declare readonly code: typeof GIVE_UP

  constructor(why: string, options: { cause?: unknown } = {}) {
    super(GIVE_UP, why, options)
  }
}

const RETRY_AFTER = 'RETRY_AFTER'
const GIVE_UP = 'GIVE_UP'

/** Returns the error as a RetryAfter. Not by its class, because a plugin may have another copy of timhook. */
export function asRetryAfter(error: unknown): Pick<RetryAfter, 'ms' | 'plugin' | 'message'> | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, ms, plugin } = error as { code?: unknown; ms?: unknown; plugin?: unknown }
  if (code !== RETRY_AFTER || typeof ms !== 'number' || !(ms >= 0)) return undefined
  return { ms, plugin: plugin === true, message: error.message }
}

/** Whether the error is a GiveUp, of this copy of timhook or another. */
export function isGiveUp(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === GIVE_UP
}
