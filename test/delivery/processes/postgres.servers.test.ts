import { describeWithPostgres } from '../../harness/servers/postgres.ts'
import { itKeepsPromisesInProcesses } from './processes.ts'

describeWithPostgres('servers that share a PostgreSQL', () => {
  itKeepsPromisesInProcesses('postgres')
})
