import { describeDelivery } from '../contract/engine-contract.ts'
import { describeHolds } from '../contract/holds-contract.ts'
import { describeSearch } from '../contract/search-contract.ts'
import { describeOrder } from '../contract/order-contract.ts'

describeDelivery('memory', async () => ({ engine: 'memory' }))
describeOrder('memory', async () => ({ engine: 'memory' }))
describeHolds('memory', async () => ({ engine: 'memory' }))
describeSearch('memory', async () => ({ engine: 'memory' }))
