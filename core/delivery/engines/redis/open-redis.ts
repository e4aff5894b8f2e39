import type { Bus } from '../../../observe/bus.ts'
import { TimhookError } from '../../../errors.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { openRedis } from '../../../store/redis/client.ts'
import type { RedisSettings } from '../../../store/redis/options.ts'
import { createRedisStores } from '../../../store/redis/stores.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { createRedisDelivery, type RedisDelivery, type RedisDeps } from './delivery.ts'
import { watchRedis } from './watch-redis.ts'

type Settings = Omit<RedisDeps, 'registry' | 'bus' | 'connection'> & { readonly redis?: RedisSettings }

/** Connects to Redis, which keeps callbacks and what plugins keep. */
export async function openRedisEngine(settings: Settings, { bus, log }: { bus: Bus; log: Logger }) {
  if (!settings.redis) throw new TimhookError('CONFIG_INVALID', 'delivery.redis is missing')
  const connection = await openRedis(settings.redis, { log })
  const watch = watchRedis(connection, log)
  let delivery: RedisDelivery | undefined
  return {
    stores: createRedisStores(connection),
    createDelivery(registry: Registry): Delivery {
      const made = createRedisDelivery({ ...settings, registry, bus, connection })
      delivery = made
      const health: Delivery['health'] = async () => {
        watch.mustBeWhole()
        return made.health()
      }
      const start = async (): Promise<void> => {
        await made.start()
        watch.begin()
      }
      return { ...made, start, health }
    },
    durability(): string | undefined {
      const { mode, faults } = connection.durability
      return faults.length === 0 ? undefined : `${mode}: ${faults.join(', ')}`
    },
    async close(ending: Ending): Promise<void> {
      watch.stop()
      await delivery?.end(ending)
      await connection.close()
    },
  }
}
