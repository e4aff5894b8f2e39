import { openRedisHistory } from '../../../../core/delivery/engines/redis/history/history.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { describeDelivery } from '../../contract/engine-contract.ts'
import { describeJournal } from '../../contract/history-contract.ts'
import { describeHolds } from '../../contract/holds-contract.ts'
import { describePauses } from '../../contract/pauses-contract.ts'
import { describeOrder } from '../../contract/order-contract.ts'
import { describeOutage } from '../../contract/outage-contract.ts'
import { describeRemoved } from '../../contract/removed-contract.ts'
import { describeRequests } from '../../contract/requests-contract.ts'
import { describeSearch } from '../../contract/search-contract.ts'
import { connectTo, runRedis, waitingOf } from './run-redis.ts'

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
  describeOutage('redis', async () => {
    const redis = await startRedis()
    const connection = await connectTo(redis.url)
    return {
      port: redis.port,
      run: (port, handlers, more) => runRedis({ url: `redis://127.0.0.1:${port}` }, handlers, more),
      heartbeats: () => connection.client.zrange('timhook:has:one', 0, -1, 'WITHSCORES').then(String),
      waiting: () => waitingOf({ connection }),
    }
  })
  describeRemoved('redis', async () => {
    const redis = await startRedis()
    return {
      run: (handlers, more) => runRedis(redis, handlers, more),
      open: () => openRedisHistory({ url: redis.url, prefix: 'timhook', durability: 'strict' }),
    }
  })
})
