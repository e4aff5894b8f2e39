import type { Bus } from '../../../../observe/bus.ts'
import { redisFault } from '../../../../store/redis/fault.ts'

/** Reports an error of background work, for which nobody waits. */
export type ReportBackgroundError = (error: unknown) => void

const QUIET_MS = 10_000

/**
 * Emits background errors on the bus, at most one per 10 s. It leaves out a lost connection, which the connection
 * reports itself.
 */
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
