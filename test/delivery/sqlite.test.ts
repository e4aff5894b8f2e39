import { join } from 'node:path'
import { folderWith } from '../harness/cli.ts'
import { describeDelivery } from './contract.ts'

describeDelivery('sqlite', async () => ({
  engine: 'sqlite',
  sqlite: { file: join(await folderWith({}), 'timhook.db') },
}))
