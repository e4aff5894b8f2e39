import { describeWithRedis, type RedisServer, startRedis } from '../../harness/redis.ts'
import { describeModel } from './model.ts'
import { redisEngine } from './redis.engine.ts'

describeWithRedis('a Redis of its own', () => {
  let server: RedisServer
  beforeEach(async () => {
    server = await startRedis(['--appendonly', 'no'])
  })
  describeModel(redisEngine(() => server))
})
