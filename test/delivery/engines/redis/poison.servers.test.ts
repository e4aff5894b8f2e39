import { Redis } from 'ioredis'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { itSurvivesPoison } from '../../contract/poison.ts'
import { runRedis } from './run-redis.ts'

async function makeDue(url: string): Promise<number[]> {
  const client = new Redis(url)
  const waits: number[] = []
  for (const key of await client.keys('timhook:*:due:*')) {
    for (const entry of await client.zrange(key, 0, -1)) {
      waits.push(Number(await client.zscore(key, entry)) - Date.now())
      await client.zadd(key, 0, entry)
    }
  }
  await client.quit()
  return waits
}

describeWithRedis('poison with the engine redis', () => {
  itSurvivesPoison({
    name: 'redis',
    newPlace: async () => (await startRedis()).url,
    run: (url, handlers, more) => runRedis({ url }, handlers, more),
    makeDue,
  })
})
