import { TimhookError } from '../../../errors.ts'
import type { Bus } from '../../../observe/bus.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { openRedis } from '../../../store/redis/client.ts'
import type { RedisSettings } from '../../../store/redis/options.ts'
import { createRedisStores } from '../../../store/redis/stores.ts'
import { createDelivery } from '../../consume/delivery.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { closeHistory, type History } from '../../history.ts'
import type { Retention } from '../../retention-shares.ts'
import { openRedisHistory } from './history/history.ts'
import type { Connection } from './client/run.ts'
import { RedisLog } from './redis-log.ts'
import { createSweep } from './upkeep/retention.ts'
import { watchRedis } from './watch-redis.ts'

/** Intervals in milliseconds. Tests use shorter ones. */
export interface Pace {
  /** A process that sends no heartbeat for this long counts as dead, and others take its partitions. */
  readonly leaseMs: number
  readonly sweepMs: number
}

const PACE: Pace = { leaseMs: 5000, sweepMs: 10_000 }

export interface RedisDeps {
  readonly registry: Registry
  readonly bus: Bus
  readonly connection: Connection
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Omit<Retention, 'bodies'>
  readonly maxBacklog?: number
  /** Plugins with `enabled: false`, now and later. */
  readonly disabled?: readonly string[]
  /** How long the backlog of a removed plugin is kept, milliseconds. */
  readonly keepRemoved?: number
  readonly pace?: Partial<Pace>
}

/** Keeps the leases of running handlers until it is known how they ended. */
export interface RedisDelivery extends Delivery {
  end(ending: Ending): Promise<void>
}

/** The engine for several processes and machines. */
export function createRedisDelivery({
  retention,
  pace,
  keepRemoved = 0,
  disabled = [],
  ...deps
}: RedisDeps): RedisDelivery {
  const { registry, connection, resendWindow } = deps
  const { leaseMs, sweepMs } = { ...PACE, ...pace }
  const plugins = registry.plugins.map(({ id }) => id)
  const upkeep = { ...deps, retention, sweepMs, keepRemoved, configured: [...plugins, ...disabled] }
  const startUpkeep = (partitions: number): (() => void) => createSweep({ ...upkeep, partitions }).start()
  const log = new RedisLog({ connection, plugins, resendWindow, leaseMs, startUpkeep })
  return { ...createDelivery({ ...deps, log }), end: (ending) => log.end(ending) }
}

type Settings = Omit<RedisDeps, 'registry' | 'bus' | 'connection' | 'disabled'> & { readonly redis?: RedisSettings }

/** Connects to a Redis that keeps callbacks and the plugins' data. */
export async function openRedisEngine({ redis, ...settings }: Settings, { bus, log }: { bus: Bus; log: Logger }) {
  if (!redis) throw new TimhookError('CONFIG_INVALID', 'delivery.redis is missing')
  const connection = await openRedis(redis, { log })
  let watch: ReturnType<typeof watchRedis> | undefined
  let delivery: RedisDelivery | undefined
  let history: Promise<History> | undefined
  return {
    stores: createRedisStores(connection),
    createDelivery(registry: Registry, disabled: readonly string[]): Delivery {
      const made = createRedisDelivery({ ...settings, registry, disabled, bus, connection })
      delivery = made
      return {
        ...made,
        async start() {
          await made.start()
          watch = watchRedis(connection, log)
        },
        async health() {
          watch?.mustBeWhole()
          await made.health()
        },
      }
    },
    durability(): string | undefined {
      const { mode, faults } = connection.durability
      return faults.length === 0 ? undefined : `${mode}: ${faults.join(', ')}`
    },
    history(): Promise<History> {
      history ??= openRedisHistory(redis)
      return history
    },
    async close(ending: Ending): Promise<void> {
      await closeHistory(history)
      watch?.stop()
      await delivery?.end(ending)
      await connection.close()
    },
  }
}
