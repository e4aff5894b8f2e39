import { monitorEventLoopDelay } from 'node:perf_hooks'
import { family, type Family } from './family.ts'

const NANOSECONDS = 1e9
const MICROSECONDS = 1e6
const RESOLUTION_MS = 20
const STATISTICS = { median: 0.5, p99: 0.99, max: 1 }

/** The families of the process: memory, processor time, and how late the event loop is, since the last reading. */
export function processFamilies(): { read: () => Family[]; stop: () => void } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delay.enable()
  const startedAt = Date.now() / 1000 - process.uptime()
  const read = (): Family[] => {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    // The histogram measures the whole interval of its timer.
    const late = (quantile: number): number =>
      Math.max(0, delay.count === 0 ? 0 : delay.percentile(quantile * 100) / NANOSECONDS - RESOLUTION_MS / 1000)
    const loop = Object.entries(STATISTICS).map(([statistic, quantile]) => [{ statistic }, late(quantile)] as const)
    delay.reset()
    return [
      family(
        'gauge',
        'timhook_event_loop_delay_seconds',
        'How late the event loop was since the last reading.',
        loop,
        'max',
      ),
      family('counter', 'process_cpu_seconds_total', 'Processor time.', [[{}, (user + system) / MICROSECONDS]]),
      family('gauge', 'process_resident_memory_bytes', 'Resident memory.', [[{}, rss]]),
      family('gauge', 'process_start_time_seconds', 'Start of the process, since 1970.', [[{}, startedAt]], 'min'),
      family('gauge', 'nodejs_heap_used_bytes', 'JavaScript heap in use.', [[{}, heapUsed]]),
    ]
  }
  return { read, stop: () => delay.disable() }
}
