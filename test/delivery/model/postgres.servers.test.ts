import { openPostgresEngine } from '../../../core/delivery/engines/postgres/open-postgres.ts'
import { openPostgresHistory } from '../../../core/delivery/engines/postgres/history/history.ts'
import { createLogger } from '../../../core/observe/log.ts'
import { describeWithPostgres, sharedPostgres } from '../../harness/servers/postgres.ts'
import { describeModel } from './model.ts'

/** Leases do not run out on a machine however busy: that would be a repeat that is allowed. */
const pace = { leaseMs: 60_000 }
const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }
const log = createLogger({ level: 'silent' })

// PostgreSQL has a clock of its own: so the time of a run is that of the machine.
describeWithPostgres('a PostgreSQL of its own', () => {
  const shared = sharedPostgres()
  describeModel({
    name: 'postgres',
    isVirtual: false,
    limits: { timeoutMs: 20, minMs: 2, maxMs: 10 },
    most: 60,
    async newStore() {
      const postgres = shared()
      return {
        async open({ registry, bus }) {
          const engine = await openPostgresEngine({ postgres, resendWindow: 600_000, retention }, { bus, log, pace })
          return { delivery: engine.createDelivery(registry), close: (ending) => engine.close(ending) }
        },
        openHistory: () => openPostgresHistory(postgres),
        async remove() {},
      }
    },
  })
})
