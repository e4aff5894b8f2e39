import { openPostgresHistory } from '../../../../core/delivery/engines/postgres/history/history.ts'
import { describeWithPostgres, sharedPostgres, startPostgres } from '../../../harness/servers/postgres.ts'
import { describeDelivery } from '../../contract/engine-contract.ts'
import { describeJournal } from '../../contract/history-contract.ts'
import { describeHolds } from '../../contract/holds-contract.ts'
import { describeOrder } from '../../contract/order-contract.ts'
import { describePauses } from '../../contract/pauses-contract.ts'
import { describeOutage } from '../../contract/outage-contract.ts'
import { describeRemoved } from '../../contract/removed-contract.ts'
import { describeRequests } from '../../contract/requests-contract.ts'
import { describeSearch } from '../../contract/search-contract.ts'
import { runPostgres } from './run-postgres.ts'

describeWithPostgres('with a PostgreSQL', () => {
  const shared = sharedPostgres()
  const settings = async () => ({
    engine: 'postgres' as const,
    sqlite: { file: 'unused.db' },
    postgres: shared(),
  })

  describeDelivery('postgres', settings)
  describeOrder('postgres', settings)
  describeJournal('postgres', settings)
  describeSearch('postgres', settings)
  describeRequests('postgres', settings)
  describeHolds('postgres', settings)
  describePauses('postgres', settings)
  describeOutage('postgres', async () => {
    const server = await startPostgres()
    const { port, url } = server
    return {
      port,
      run: (to, handlers, more) => runPostgres({ url: url.replace(`:${port}/`, `:${to}/`) }, handlers, more),
      heartbeats: async () => JSON.stringify(await server.sql('SELECT * FROM timhook.members ORDER BY id')),
      async waiting() {
        const history = await openPostgresHistory({ url, schema: 'timhook', durability: 'strict' })
        const [one] = await history.backlogs()
        await history.close()
        return one?.count ?? 0
      },
    }
  })
  describeRemoved('postgres', async () => {
    const { url } = await startPostgres()
    return {
      run: (handlers, more) => runPostgres({ url }, handlers, more),
      open: () => openPostgresHistory({ url, schema: 'timhook', durability: 'strict' }),
    }
  })
})
