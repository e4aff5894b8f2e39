import { createDelivery } from '../../../core/delivery/consume/delivery.ts'
import { openRedisHistory } from '../../../core/delivery/engines/redis/history/history.ts'
import { RedisLog } from '../../../core/delivery/engines/redis/redis-log.ts'
import { createSweep } from '../../../core/delivery/engines/redis/upkeep/retention.ts'
import type { Ending } from '../../../core/delivery/delivery.ts'
import { createLogger } from '../../../core/observe/log.ts'
import { openRedis } from '../../../core/store/redis/client.ts'
import { describeWithRedis, type RedisServer, startRedis } from '../../harness/servers/redis.ts'
import { describeModel } from './model.ts'

/** Leases do not run out, and replies are not given up, on a machine however busy: that would be a repeat that is allowed. */
const PATIENT_MS = 60_000
const patience = { startMs: PATIENT_MS, silentMs: PATIENT_MS }
const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
const resendWindow = 600_000
const logger = createLogger({ level: 'silent' })
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
        async open({ registry, bus, mortal }) {
          const connection = await openRedis(settings, { log: logger, ...patience })
          const plugins = registry.plugins.map(({ id }) => id)
          const sweep = { connection, bus, retention, sweepMs: 10_000, keepRemoved: 0 }
          const startUpkeep = (partitions: number): (() => void) => createSweep({ ...sweep, partitions }).start()
          const log = new RedisLog({ connection, plugins, resendWindow, leaseMs: PATIENT_MS, startUpkeep })
          const close = async (ending: Ending): Promise<void> => {
            await log.end(ending)
            await connection.close()
          }
          return {
            delivery: createDelivery({ log: mortal.wrap(log), registry, bus, resendWindow }),
            close,
            async crash() {
              await log.close()
              await mortal.settled()
              // As if its time had run out.
              await log.lease({ plugins, held: [], returned: [], isLeaving: true })
              await close('unsettled')
            },
          }
        },
        openHistory: () => openRedisHistory(settings, patience),
        async remove() {},
      }
    },
  })
})
