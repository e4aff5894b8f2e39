import { createRedisDelivery } from '../../../core/delivery/redis/delivery.ts'
import { openRedisJournal } from '../../../core/delivery/redis/journal/journal.ts'
import { createLogger } from '../../../core/log.ts'
import { openRedis } from '../../../core/store/redis-client.ts'
import { describeWithRedis, type RedisServer, startRedis } from '../../harness/redis.ts'
import { describeModel } from './model.ts'

const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
let stores = 0

// Redis has a clock of its own: so the time of a run is that of the machine.
describeWithRedis('a Redis of its own', () => {
  let server: RedisServer
  beforeEach(async () => {
    server = await startRedis(['--appendonly', 'no'])
  })
  describeModel({
    name: 'redis',
    isVirtual: false,
    limits: { timeoutMs: 20, minMs: 2, maxMs: 10 },
    most: 60,
    async newStore() {
      const settings = { url: server.url, prefix: `store-${stores++}`, durability: 'relaxed' as const }
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
  })
})
