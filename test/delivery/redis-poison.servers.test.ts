import { describeWithRedis, startRedis } from '../harness/redis.ts'
import { itSurvivesPoison } from './poison.ts'

describeWithRedis('poison with the engine redis', () => {
  itSurvivesPoison('redis', async () => (await startRedis()).url)
})
