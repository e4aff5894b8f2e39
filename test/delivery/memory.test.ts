import { describeDelivery } from './contract.ts'
import { describeOrder } from './order-contract.ts'

describeDelivery('memory', async () => ({ engine: 'memory' }))
describeOrder('memory', async () => ({ engine: 'memory' }))
