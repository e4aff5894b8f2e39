import { describeWithRedis, startRedis } from '../harness/redis.ts'
import { describeDelivery } from './contract.ts'
import { describeJournal } from './journal-contract.ts'
import { describeOrder } from './order-contract.ts'
import { describeRequests } from './requests-contract.ts'

const settings = async () => ({
  engine: 'redis' as const,
  sqlite: { file: 'unused.db' },
  redis: { url: (await startRedis()).url, prefix: 'timhook', durability: 'strict' as const },
})

describeWithRedis('with a Redis', () => {
  describeDelivery('redis', settings)
  describeOrder('redis', settings)
  describeJournal('redis', settings)
  describeRequests('redis', settings)
})
