import { createRedisDelivery } from '../../../core/delivery/engines/redis/open-redis.ts'
import { openRedisHistory } from '../../../core/delivery/engines/redis/history/history.ts'
import { createLogger } from '../../../core/observe/log.ts'
import { openRedis } from '../../../core/store/redis/client.ts'
import { describeWithRedis, type RedisServer, startRedis } from '../../harness/servers/redis.ts'
import { describeModel } from './model.ts'

/** Leases do not run out, and replies are not given up, on a machine however busy: that would be a repeat that is allowed. */
const PATIENT_MS = 60_000
const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
const pace = { leaseMs: PATIENT_MS }
const log = createLogger({ level: 'silent' })
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
        async open(parts) {
          const connection = await openRedis(settings, { log, silentMs: PATIENT_MS })
          const delivery = createRedisDelivery({ ...parts, connection, resendWindow: 600_000, retention, pace })
          const close = async (ending: Parameters<typeof delivery.end>[0]): Promise<void> => {
            await delivery.end(ending)
            await connection.close()
          }
          return { delivery, close }
        },
        openHistory: () => openRedisHistory(settings),
        async remove() {},
      }
    },
  })
})
