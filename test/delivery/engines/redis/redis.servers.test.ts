import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { describeDelivery } from '../../contract/engine-contract.ts'
import { describeJournal } from '../../contract/history-contract.ts'
import { describeHolds } from '../../contract/holds-contract.ts'
import { describePauses } from '../../contract/pauses-contract.ts'
import { describeOrder } from '../../contract/order-contract.ts'
import { describeRequests } from '../../contract/requests-contract.ts'
import { describeSearch } from '../../contract/search-contract.ts'

const settings = async () => ({
  engine: 'redis' as const,
  sqlite: { file: 'unused.db' },
  redis: { url: (await startRedis()).url, prefix: 'timhook', durability: 'strict' as const },
})

describeWithRedis('with a Redis', () => {
  describeDelivery('redis', settings)
  describeOrder('redis', settings)
  describeJournal('redis', settings)
  describeSearch('redis', settings)
  describeRequests('redis', settings)
  describeHolds('redis', settings)
  describePauses('redis', settings)
})
