import { join } from 'node:path'
import { folderWith } from '../harness/cli.ts'
import { describeDelivery } from './contract.ts'
import { describeJournal } from './journal-contract.ts'
import { describeOrder } from './order-contract.ts'
import { describeRequests } from './requests-contract.ts'

const settings = async (): Promise<{ engine: 'sqlite'; sqlite: { file: string } }> => ({
  engine: 'sqlite',
  sqlite: { file: join(await folderWith({}), 'timhook.db') },
})

describeDelivery('sqlite', settings)
describeOrder('sqlite', settings)
describeJournal('sqlite', settings)
describeRequests('sqlite', settings)
