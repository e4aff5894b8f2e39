import type { DeliveryInput } from '../../config/sections/delivery.ts'
import { hasRedis, startRedis } from '../harness/redis.ts'
import { describeDelivery } from './contract.ts'
import { describeOrder } from './order-contract.ts'

const settings = async (): Promise<DeliveryInput> => ({
  engine: 'redis',
  redis: { url: (await startRedis()).url },
})

if (hasRedis) {
  describeDelivery('redis', settings)
  describeOrder('redis', settings)
} else describe.skip('the engine redis: no redis-server is installed', () => undefined)
