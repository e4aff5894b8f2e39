import type { Bus } from '../../../observe/bus.ts'
import { TimhookError } from '../../../errors.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { openRedis } from '../../../store/redis/client.ts'
import type { RedisSettings } from '../../../store/redis/options.ts'
import { createRedisStores } from '../../../store/redis/stores.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { createRedisDelivery, type RedisDelivery, type RedisDeps } from './delivery.ts'

type Settings = Omit<RedisDeps, 'registry' | 'bus' | 'connection'> & { readonly redis?: RedisSettings }

/** Connects to Redis, which keeps callbacks and what plugins keep. */
export async function openRedisEngine(settings: Settings, { bus, log }: { bus: Bus; log: Logger }) {
  if (!settings.redis) throw new TimhookError('CONFIG_INVALID', 'delivery.redis is missing')
  const connection = await openRedis(settings.redis, { log })
  let delivery: RedisDelivery | undefined
  return {
    stores: createRedisStores(connection),
    createDelivery(registry: Registry): Delivery {
      delivery = createRedisDelivery({ ...settings, registry, bus, connection })
      return delivery
    },
    durability(): string | undefined {
      const { mode, faults } = connection.durability
      return faults.length === 0 ? undefined : `${mode}: ${faults.join(', ')}`
    },
    async close(ending: Ending): Promise<void> {
      await delivery?.end(ending)
      await connection.close()
    },
  }
}
