import { createRedisDelivery } from '../../../core/delivery/redis/delivery.ts'
import { openRedisJournal } from '../../../core/delivery/redis/journal/journal.ts'
import { createLogger } from '../../../core/log.ts'
import { openRedis } from '../../../core/store/redis-client.ts'
import type { RedisServer } from '../../harness/redis.ts'
import type { ModelEngine } from './engine.ts'

const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
let stores = 0

/** The engine on a Redis, whose clock is its own: so the time of a run is that of the machine. */
export function redisEngine(server: () => Pick<RedisServer, 'url'>): ModelEngine {
  return {
    name: 'redis',
    isVirtual: false,
    limits: { timeoutMs: 20, minMs: 2, maxMs: 10 },
    most: 60,
    async newStore() {
      const settings = { url: server().url, prefix: `store-${stores++}`, durability: 'relaxed' as const }
      return {
        async open({ registry, bus }) {
          const connection = await openRedis(settings, { log: createLogger({ level: 'silent' }) })
          const delivery = createRedisDelivery({ registry, bus, connection, resendWindow: 600_000, retention })
          const close = async (ending: Parameters<typeof delivery.end>[0]): Promise<void> => {
            await delivery.end(ending)
            await connection.close()
          }
          return { delivery, close }
        },
        openJournal: () => openRedisJournal(settings),
        async remove() {},
      }
    },
  }
}
