import { backoffMs } from '../../lib/backoff.ts'
import type { Failure } from './failure.ts'

const WAITS = { minMs: 500, maxMs: 10_000 }

/** What has been tried so far. */
export interface Tries {
  readonly attempts: number
  readonly maxAttempts: number
  /** Whether the command may be sent again when nobody knows if it took effect. */
  readonly repeatable: boolean
  /** Kinds of failure that were answered by the one further try they get. */
  readonly spent: ReadonlySet<Failure['kind']>
}

/**
 * How long to wait before the next try, in milliseconds, or undefined when there is none. Every kind of failure has a
 * rule of its own, which is why no library for retries does this.
 */
export function nextTryMs(failure: Failure, tries: Tries, random: () => number): number | undefined {
  if (tries.attempts >= tries.maxAttempts) return undefined
  if (failure.outcomeUnknown && !tries.repeatable) return undefined
  const waitMs = backoffMs(tries.attempts, WAITS, random)
  if (failure.kind === 'transport' || failure.kind === 'rate' || failure.kind === 'retry') return waitMs
  if (tries.spent.has(failure.kind)) return undefined
  if (failure.kind === 'once') return waitMs
  // The UserSig is made anew, or the whole client pauses, before the next try goes out.
  return failure.kind === 'usersig' || failure.kind === 'wait' ? 0 : undefined
}
