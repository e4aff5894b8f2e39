import { once } from 'node:events'
import { expect } from 'chai'
import { callbackRecordOf } from '../../../../core/delivery/engines/redis/partition/entry.ts'
import { createRun } from '../../../../core/delivery/engines/redis/client/run.ts'
import { APPEND } from '../../../../core/delivery/engines/redis/scripts/append.ts'
import { TAKE } from '../../../../core/delivery/engines/redis/scripts/take.ts'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { countOf, eventually, type RedisRun, runRedis } from './run-redis.ts'

const LONG = { pace: { leaseMs: 600_000 } }

/** Two processes that have half of the partitions each. */
async function twoRuns(handle: (n: number) => void) {
  const redis = await startRedis()
  const [first, second] = [await runRedis(redis, { one: handle }, LONG), await runRedis(redis, { one: handle }, LONG)]
  await eventually(
    () => ownersOf(first),
    (owners) => owners.size === 2 && !owners.has(''),
  )
  return { redis, first, second }
}

describeWithRedis('the owner of a partition', () => {
  it('is notified of what another process stores, and reads none of it', async () => {
    let count = 0
    const all = deferred()
    const { first, second } = await twoRuns(() => void (++count === 1032 && all.resolve()))
    const begun = [done(first.bus, 1), done(second.bus, 1)]
    for (let n = 0; n < 32; n++) await (n % 2 === 0 ? first : second).accept(n, `g${n}`)
    await Promise.all(begun)
    await eventually(
      async () => count,
      (now) => now === 32,
    )
    const reads = [countOf(first, TAKE), countOf(second, TAKE)]
    for (let n = 32; n < 1032; n++) await (n % 2 === 0 ? first : second).accept(n, `g${n}`)
    await all.promise
    // A look around now and then may come to one before it is told of.
    expect(reads.reduce((sum, read) => sum + read(), 0)).to.be.below(100)
  })

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

  it('is notified even if the former owner does not know yet that it has lost the lease', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, LONG)
    const first = done(run.bus, 1)
    await run.accept(1, 'g')
    await first
    const { client, prefix } = run.connection
    const subscriber = run.connection.duplicate()
    await once(subscriber, 'ready')
    await subscriber.subscribe(`${prefix}:to:another`)
    const notification = new Promise<string>((resolve) => subscriber.once('message', (_channel, text) => resolve(text)))
    for (let one = 0; one < 32; one++) {
      await client.hset(`${prefix}:lease:one:${one}`, 'owner', 'another', 'fence', await client.incr(`${prefix}:fence`))
    }
    await run.accept(2, 'g')
    expect(await notification).to.contain('"EventTime":2')
  })

  it('is notified of its own callbacks if it got a lease since it last read the owners', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, LONG)
    const first = done(run.bus, 1)
    await run.accept(0, 'g')
    await first
    await run.connection.client.incr('timhook:fence')
    const read = countOf(run, TAKE)
    const rest = done(run.bus, 500)
    for (let n = 1; n <= 500; n++) await run.accept(n, `g${n}`)
    await rest
    expect(read()).to.be.below(100)
  })

  it('is marked in its entry as a possible resend', async () => {
    const { connection } = await runRedis(await startRedis(), {})
    const store = async (id: string): Promise<unknown> =>
      createRun(connection)(APPEND, 60_000, 'm', 'same', 0, '', 0, '', id, `0 ${id} 1 1 0 0 0 0 2 `, '{}')
    await store('first')
    await store('second')
    const entries = await connection.client.xrange('timhook:cb:0', '-', '+')
    expect(entries.map(([, fields]) => callbackRecordOf(fields)['maybe'])).to.deep.equal(['0', '1'])
  })

  it('is no longer counted for once it has gone', async () => {
    const redis = await startRedis()
    const [first, second] = [
      await runRedis(redis, { one: () => undefined }),
      await runRedis(redis, { one: () => undefined }),
    ]
    const third = await runRedis(redis, { one: () => undefined })
    for (let n = 0; n < 100; n++) await first.accept(n, `g${n}`)
    const told = (): Promise<number> => first.connection.client.hlen('timhook:told')
    await eventually(told, (count) => count === 3)
    await second.die()
    await eventually(told, (count) => count === 2)
    await third.stop()
    await eventually(told, (count) => count === 1)
  })
})

async function ownersOf({ connection: { client } }: RedisRun): Promise<Set<string>> {
  const owners = new Set<string>()
  for (let n = 0; n < 32; n++) owners.add((await client.hget(`timhook:lease:one:${n}`, 'owner')) ?? '')
  return owners
}
