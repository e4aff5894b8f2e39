import { readdir, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { eventually, PARTITION_KEYS, type RedisRun, runRedis, waits } from './run-redis.ts'

const LONG = { pace: { leaseMs: 600_000 } }

/** Two processes that have half of the partitions each. */
async function twoRuns(handle: (n: number) => void) {
  const redis = await startRedis()
  const more = { pace: { leaseMs: 2000 } }
  const [first, second] = [await runRedis(redis, { one: handle }, more), await runRedis(redis, { one: handle }, more)]
  await eventually(
    () => ownersOf(first),
    (owners) => owners.size === 2 && !owners.has(''),
  )
  return { redis, first, second }
}

async function ownersOf({ connection: { client } }: RedisRun): Promise<Set<string>> {
  const owners = await Promise.all(PARTITION_KEYS.map((key) => client.hget(`${key}:lease:one`, 'owner')))
  return new Set(owners.map((owner) => owner ?? ''))
}

describeWithRedis('the owner of a partition', () => {
  it('delivers all in order where its channel is cut off again and again', async () => {
    const seen: [group: string, n: number][] = []
    const all = deferred()
    const { redis, first, second } = await twoRuns((n) => {
      seen.push([`g${n % 8}`, n])
      if (seen.length === 1200) all.resolve()
    })
    const { connection } = await runRedis(redis, {})
    for (let n = 0; n < 1200; n++) {
      if (n % 100 === 50) await connection.client.client('KILL', 'TYPE', 'pubsub')
      await ((n >> 3) % 2 === 0 ? first : second).accept(n, `g${n % 8}`)
    }
    await all.promise
    for (let group = 0; group < 8; group++) {
      const ofGroup = seen.filter(([name]) => name === `g${group}`).map(([, n]) => n)
      expect(ofGroup).to.deep.equal(ofGroup.toSorted((one, other) => one - other))
      expect(ofGroup.length).to.equal(150)
    }
  })

  it('gets new callbacks from a Redis that has lost its last ones, as a new primary may have', async () => {
    const redis = await startRedis()
    const seen: number[] = []
    const run = await runRedis(redis, { one: (n) => void seen.push(n) }, LONG)
    const handled = done(run.bus, 20)
    for (let n = 0; n < 20; n++) await run.accept(n)
    await handled
    await waits(run, 0)
    const [, folder = ''] = (await run.connection.client.config('GET', 'dir')) as string[]
    await redis.kill()
    const files = join(folder, 'appendonlydir')
    const log = (await readdir(files)).find((name) => name.endsWith('.incr.aof')) ?? ''
    const { size } = await stat(join(files, log))
    await truncate(join(files, log), Math.floor(size * 0.7))
    await redis.start()
    const before = seen.length
    const next = done(run.bus, 5)
    for (let n = 100; n < 105; n++) {
      await eventually(
        () =>
          run.accept(n).then(
            () => true,
            () => false,
          ),
        (isTaken) => isTaken,
      )
    }
    await next
    expect(seen.slice(before).filter((n) => n >= 100)).to.deep.equal([100, 101, 102, 103, 104])
  })
})
