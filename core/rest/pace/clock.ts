import { setTimeout as delay } from 'node:timers/promises'

/** The clock of a client. Tests pass their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects when the signal is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
}
