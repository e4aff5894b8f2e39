import { describeWithRedis } from '../../harness/servers/redis.ts'
import { itKeepsPromisesInProcesses } from './processes.ts'

describeWithRedis('servers that share a Redis', () => {
  itKeepsPromisesInProcesses('redis')
})
