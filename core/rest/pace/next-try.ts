import { backoffMs } from '../../lib/backoff.ts'
import type { Failure } from './failure.ts'

const WAITS = { minMs: 500, maxMs: 10_000 }

/** The attempts so far. */
export interface Tries {
  readonly attempts: number
  readonly maxAttempts: number
  /** Whether to retry when nobody knows if the command took effect. */
  readonly repeatable: boolean
  /** Kinds of failure that have used up their single retry. */
  readonly spent: ReadonlySet<Failure['kind']>
}

/**
 * How long to wait before the next attempt, in milliseconds; undefined for no more attempts. Every kind of failure has
 * its own rule, so a library for retries does not fit.
 */
export function nextTryMs(failure: Failure, tries: Tries, random: () => number): number | undefined {
  if (tries.attempts >= tries.maxAttempts) return undefined
  if (failure.outcomeUnknown && !tries.repeatable) return undefined
  const waitMs = backoffMs(tries.attempts, WAITS, random)
  if (failure.kind === 'transport' || failure.kind === 'rate' || failure.kind === 'retry') return waitMs
  if (tries.spent.has(failure.kind)) return undefined
  if (failure.kind === 'once') return waitMs
  // Before the next attempt the UserSig is renewed, or the whole client pauses.
  return failure.kind === 'usersig' || failure.kind === 'wait' ? 0 : undefined
}
