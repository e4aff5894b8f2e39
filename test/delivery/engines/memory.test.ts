import { describeDelivery } from '../contract/engine-contract.ts'
import { describeOrder } from '../contract/order-contract.ts'

describeDelivery('memory', async () => ({ engine: 'memory' }))
describeOrder('memory', async () => ({ engine: 'memory' }))
