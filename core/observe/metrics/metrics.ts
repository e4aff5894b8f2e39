import type { DeliveryStats } from '../../delivery/delivery.ts'
import type { Bus } from '../bus.ts'
import { deliveryFamilies } from './delivery-families.ts'
import { eventFamilies } from './event-families.ts'
import { family, type Family } from './family.ts'
import { answeredCount, hotFamilies } from './hot-families.ts'
import {
  circuitFamily,
  isolationFamilies,
  type ObservedPlugin,
  pluginFamilies,
  type PluginCount,
} from './plugin-families.ts'
import { processFamilies } from './process-families.ts'

/** What the metrics read from the running server when they are asked for. */
export interface MetricsSources {
  stats(): Promise<DeliveryStats>
  readonly counters: { list(): readonly PluginCount[] }
  readonly registry: { readonly plugins: readonly ObservedPlugin[] }
}

export interface BodyUsage {
  /** Bytes of pending bodies, and the limit. */
  readonly usage: { readonly held: number; readonly limit: number }
}

/** The metrics of one process. */
export interface Metrics {
  /** Reads all numbers now. */
  read(): Promise<Family[]>
  stop(): void
}

interface MetricsDeps {
  readonly bus: Bus
  readonly version: string
  readonly engine: string
  readonly bodies: BodyUsage
  /** When the certificate of each listener expires, milliseconds since 1970. */
  readonly certificates?: () => readonly (readonly [listener: string, expiresAt: number])[]
  /** Undefined before the plugins are set up. */
  readonly sources: () => MetricsSources | undefined
}

const NO_STATS: DeliveryStats = { plugins: [] }

export function createMetrics({ bus, version, engine, bodies, certificates, sources }: MetricsDeps): Metrics {
  const events = eventFamilies(bus)
  const ofProcess = processFamilies()
  // Never getting a callback is the most common fault of an installation, so the time counts from the start.
  const startedAt = performance.now()
  return {
    async read() {
      const running = sources()
      // A store that cannot be read must not hide the other numbers.
      const stats = (await running?.stats().catch(() => undefined)) ?? NO_STATS
      const { held, limit } = bodies.usage
      const silentMs = performance.now() - (bus.counts.answeredAt ?? startedAt)
      const build = { version, node: process.version, engine }
      return [
        family('gauge', 'timhook_build_info', 'Version of timhook and of Node.', [[build, 1]], 'max'),
        ...withAnswered(events(stats.plugins.map(({ plugin }) => plugin)), answeredCount(bus.counts)),
        ...hotFamilies(bus.counts),
        family(
          'gauge',
          'timhook_last_callback_age_seconds',
          'Time since the last callback, or since the start.',
          [[{}, silentMs / 1000]],
          'min',
        ),
        family('gauge', 'timhook_body_budget_bytes', 'Memory that bodies under way may take.', [[{}, limit]]),
        family('gauge', 'timhook_body_bytes', 'Memory that bodies under way take.', [[{}, held]]),
        family(
          'gauge',
          'timhook_certificate_expiry_timestamp_seconds',
          'When the certificate of a listener expires, since 1970.',
          (certificates?.() ?? []).map(([listener, expiresAt]) => [{ listener }, expiresAt / 1000] as const),
          'min',
        ),
        ...deliveryFamilies(stats),
        ...pluginFamilies(running?.counters.list() ?? []),
        circuitFamily(running?.registry.plugins ?? []),
        ...isolationFamilies(running?.registry.plugins ?? []),
        ...ofProcess.read(),
      ]
    },
    stop: () => ofProcess.stop(),
  }
}

/** Requests that were answered 200 emit no event: they are the callbacks. */
function withAnswered(families: readonly Family[], answered: number): Family[] {
  return families.map((one) =>
    one.name === 'timhook_requests_total'
      ? { ...one, samples: [{ labels: { status: 200, reason: 'ok' }, value: answered }, ...one.samples] }
      : one,
  )
}
