import type { Bus } from '../../../../observe/bus.ts'
import { redisFault } from '../../../../store/redis/fault.ts'

/** Takes what went wrong in the background, where nobody waits for it. */
export type ReportBackgroundError = (error: unknown) => void

const QUIET_MS = 10_000

/** Tells the bus, now and then, of what is not mended by waiting: that Redis is away is told by the connection. */
export function createBackgroundErrorReporter(bus: Bus): ReportBackgroundError {
  let lastAt = -Infinity
  return (thrown) => {
    const error = redisFault(thrown)
    if (error.code === 'STORE_UNREACHABLE' || error.code === 'STORE_CLOSED') return
    if (performance.now() - lastAt < QUIET_MS) return
    lastAt = performance.now()
    bus.emit('server:failed', { error })
  }
}
