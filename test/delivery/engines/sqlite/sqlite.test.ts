import { join } from 'node:path'
import { folderWith } from '../../../harness/cli.ts'
import { describeDelivery } from '../../contract/engine-contract.ts'
import { describeJournal } from '../../contract/history-contract.ts'
import { describeHolds } from '../../contract/holds-contract.ts'
import { describePauses } from '../../contract/pauses-contract.ts'
import { describeOrder } from '../../contract/order-contract.ts'
import { describeRequests } from '../../contract/requests-contract.ts'
import { describeSearch } from '../../contract/search-contract.ts'

const settings = async (): Promise<{ engine: 'sqlite'; sqlite: { file: string } }> => ({
  engine: 'sqlite',
  sqlite: { file: join(await folderWith({}), 'timhook.db') },
})

describeDelivery('sqlite', settings)
describeOrder('sqlite', settings)
describeJournal('sqlite', settings)
describeSearch('sqlite', settings)
describeRequests('sqlite', settings)
describeHolds('sqlite', settings)
describePauses('sqlite', settings)
