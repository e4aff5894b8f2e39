import { setTimeout as delay } from 'node:timers/promises'

/** How long handlers may take to end after their signals fired, in milliseconds. */
export const ABORT_GRACE_MS = 100

/** Returns whether `idle` resolved within `graceMs` milliseconds. */
export async function waitForDrain(idle: Promise<unknown>, graceMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = delay(graceMs, false, { signal: timer.signal }).catch(() => false)
  const inTime = await Promise.race([idle.then(() => true), late])
  timer.abort()
  return inTime
}
