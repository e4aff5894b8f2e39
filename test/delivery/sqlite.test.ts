import { join } from 'node:path'
import type { DeliveryInput } from '../../config/sections/delivery.ts'
import { folderWith } from '../harness/cli.ts'
import { describeDelivery } from './contract.ts'
import { describeOrder } from './order-contract.ts'

const settings = async (): Promise<DeliveryInput> => ({
  engine: 'sqlite',
  sqlite: { file: join(await folderWith({}), 'timhook.db') },
})

describeDelivery('sqlite', settings)
describeOrder('sqlite', settings)
