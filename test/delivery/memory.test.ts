import { describeDelivery } from './contract.ts'

describeDelivery('memory', async () => ({ engine: 'memory' }))
