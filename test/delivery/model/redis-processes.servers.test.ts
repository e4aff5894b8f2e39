import { describeWithRedis } from '../../harness/redis.ts'
import { itKeepsPromisesInProcesses } from './processes.ts'

describeWithRedis('servers that share a Redis', () => {
  itKeepsPromisesInProcesses('redis')
})
