import { itKeepsPromisesInProcesses } from './processes.ts'

describe('servers with the engine sqlite', () => {
  itKeepsPromisesInProcesses('sqlite')
})
