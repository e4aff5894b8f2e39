import { createDelivery } from '../../../core/delivery/consume/delivery.ts'
import { openPostgresHistory } from '../../../core/delivery/engines/postgres/history/history.ts'
import { PostgresLog } from '../../../core/delivery/engines/postgres/log.ts'
import { makeSchema } from '../../../core/delivery/engines/postgres/schema.ts'
import { openPostgres } from '../../../core/store/postgres/client.ts'
import type { Ending } from '../../../core/delivery/delivery.ts'
import { createLogger } from '../../../core/observe/log.ts'
import { describeWithPostgres, sharedPostgres } from '../../harness/servers/postgres.ts'
import { describeModel } from './model.ts'

/** Leases do not run out, and replies are not given up, on a machine however busy: that would be a repeat that is allowed. */
const PATIENT_MS = 60_000
const pace = { leaseMs: PATIENT_MS }
const patience = { startMs: PATIENT_MS, silentMs: PATIENT_MS }
const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
const logger = createLogger({ level: 'silent' })

// PostgreSQL has a clock of its own: so the time of a run is that of the machine.
describeWithPostgres('a PostgreSQL of its own', () => {
  const shared = sharedPostgres()
  describeModel({
    name: 'postgres',
    isVirtual: false,
    limits: { timeoutMs: 20, minMs: 2, maxMs: 10 },
    most: 60,
    async newStore() {
      const settings = shared()
      return {
        async open({ registry, bus, mortal }) {
          const postgres = await openPostgres(settings, { log: logger, ...patience })
          await makeSchema(postgres)
          const plugins = registry.plugins.map(({ id }) => id)
          const { schema } = settings
          const log = new PostgresLog({ postgres, schema, plugins, bus, resendWindow: 600_000, retention, pace })
          const close = async (ending: Ending): Promise<void> => {
            await log.returnLeases(ending === 'clean')
            await postgres.close()
          }
          return {
            delivery: createDelivery({ log: mortal.wrap(log), registry, bus, resendWindow: 600_000 }),
            close,
            async crash() {
              await log.close()
              await mortal.settled()
              await close('unsettled')
            },
          }
        },
        openHistory: () => openPostgresHistory(settings, patience),
        async remove() {},
      }
    },
  })
})
