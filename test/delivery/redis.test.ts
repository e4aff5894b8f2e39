import type { DeliveryInput } from '../../config/sections/delivery.ts'
import { describeWithRedis, startRedis } from '../harness/redis.ts'
import { describeDelivery } from './contract.ts'
import { describeOrder } from './order-contract.ts'

const settings = async (): Promise<DeliveryInput> => ({
  engine: 'redis',
  redis: { url: (await startRedis()).url },
})

describeWithRedis('with a Redis', () => {
  describeDelivery('redis', settings)
  describeOrder('redis', settings)
})
