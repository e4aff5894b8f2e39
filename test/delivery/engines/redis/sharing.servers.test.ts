import { expect } from 'chai'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { eventsOf } from '../../../harness/server.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { deadLettersOf, eventually, PARTITION_KEYS, type RedisRun, runRedis } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

describeWithRedis('two processes on one Redis', () => {
  it('have half of the partitions each, and one has all of them once the other stops', async () => {
    const redis = await startRedis()
    // So long that no lease runs out: what they have they were given.
    const pace = { leaseMs: 600_000 }
    const first = await runRedis(redis, { one: () => undefined }, { pace })
    expect(await owned(first)).to.deep.equal([32])
    const second = await runRedis(redis, { one: () => undefined }, { pace })
    await eventually(
      () => owned(first),
      (counts) => counts.join() === '16,16',
    )
    await second.stop()
    await eventually(
      () => owned(first),
      (counts) => counts.join() === '32',
    )
  })

  it('deliver what either accepts, each callback once, a key in order and by one at a time', async () => {
    const redis = await startRedis()
    const seen: [group: string, n: number][] = []
    const running = new Set<string>()
    let overlaps = 0
    const all = deferred()
    const handle = async (n: number): Promise<void> => {
      const group = `g${n % 50}`
      if (running.has(group)) overlaps++
      running.add(group)
      await new Promise(setImmediate)
      running.delete(group)
      seen.push([group, n])
      if (seen.length === 3000) all.resolve()
    }
    const first = await runRedis(redis, { one: handle })
    const counts = [eventsOf(first.bus, 'handler:done')]
    for (let n = 0; n < 1000; n += 50) await batch(first, n)
    // Joins and leaves while there is work: partitions are handed over, and back.
    const second = await runRedis(redis, { one: handle })
    counts.push(eventsOf(second.bus, 'handler:done'))
    for (let n = 1000; n < 2000; n += 50) await batch(n % 100 === 0 ? first : second, n)
    await eventually(
      async () => counts[1]?.length ?? 0,
      (count) => count > 0,
    )
    const stopping = second.stop()
    for (let n = 2000; n < 3000; n += 50) await batch(first, n)
    await Promise.all([all.promise, stopping])
    expect(overlaps).to.equal(0)
    expect(new Set(seen.map(([, n]) => n)).size).to.equal(3000)
    expect(seen).to.have.length(3000)
    for (let g = 0; g < 50; g++) {
      const ofGroup = seen.filter(([group]) => group === `g${g}`).map(([, n]) => n)
      expect(ofGroup).to.deep.equal(ofGroup.toSorted((one, other) => one - other))
    }
  })

  it('hand nothing over that is being worked on', async () => {
    const redis = await startRedis()
    const running = new Set<number>()
    const release = deferred()
    const started = deferred()
    let overlaps = 0
    const handle = async (n: number): Promise<void> => {
      const group = n % 100
      if (running.has(group)) overlaps++
      running.add(group)
      if (running.size === 100) started.resolve()
      await release.promise
      running.delete(group)
    }
    const more = { pool: { concurrency: 100 } }
    const first = await runRedis(redis, { one: handle }, more)
    for (let n = 0; n < 100; n++) await first.accept(n, `g${n}`)
    await started.promise
    const second = await runRedis(redis, { one: handle }, more)
    const [one, other] = [eventsOf(first.bus, 'handler:done'), eventsOf(second.bus, 'handler:done')]
    for (let n = 100; n < 200; n++) await second.accept(n, `g${n % 100}`)
    await looks(first, 6)
    release.resolve()
    await eventually(
      async () => one.length + other.length,
      (count) => count >= 200,
    )
    expect(overlaps).to.equal(0)
    await eventually(
      () => owned(first),
      (counts) => counts.join() === '16,16',
    )
  })

  it('take over what a dead one had, and what it had not begun', async () => {
    const redis = await startRedis()
    const started = deferred()
    let count = 0
    const dies = await runRedis(redis, {
      one: () => {
        if (++count === 8) started.resolve()
        return forever()
      },
    })
    for (let n = 0; n < 100; n++) await dies.accept(n, `g${n % 8}`)
    await started.promise
    const seen = new Set<number>()
    const lives = await runRedis(redis, { one: (n) => void seen.add(n) })
    const all = done(lives.bus, 100)
    await dies.die()
    await all
    expect(seen.size).to.equal(100)
  })

  it('recognise a resend that reaches the other one', async () => {
    const redis = await startRedis()
    let calls = 0
    const handle = (): void => void calls++
    const first = await runRedis(redis, { one: handle })
    const second = await runRedis(redis, { one: handle })
    const resent = [eventsOf(first.bus, 'callback:resent'), eventsOf(second.bus, 'callback:resent')]
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? first : second).accept(1)))
    await eventually(
      async () => calls,
      (count) => count > 0,
    )
    expect(calls).to.equal(1)
    expect(resent.flat().length).to.equal(39)
    expect(Math.max(...resent.flat().map(({ resends }) => resends))).to.equal(39)
  })

  it('bring a plugin that only one of them has all of its callbacks', async () => {
    const redis = await startRedis()
    const seen = new Set<number>()
    const both = await runRedis(redis, { common: () => undefined, rare: (n) => void seen.add(n) })
    const one = await runRedis(redis, { common: () => undefined })
    for (let n = 0; n < 64; n++) await both.accept(n, `g${n}`)
    await eventually(
      async () => seen.size,
      (size) => size === 64,
    )
    expect(await deadLettersOf(one)).to.equal(0)
  })

  it('start nothing of a partition any more once its lease was lost, and do again what was under way', async () => {
    const redis = await startRedis()
    const release = deferred()
    const started = deferred()
    const seen: number[] = []
    const run = await runRedis(redis, {
      one: async (n) => {
        seen.push(n)
        started.resolve()
        await release.promise
      },
    })
    for (let n = 0; n < 10; n++) await run.accept(n)
    await started.promise
    const { client } = run.connection
    await client.eval(STEAL, 0, 'one', Date.now() + 60_000)
    // Then it knows.
    await looks(run, 2)
    const finished = done(run.bus, 1)
    release.resolve()
    await finished
    await new Promise(setImmediate)
    expect(seen).to.deep.equal([0])
    const all = done(run.bus, 10)
    await client.eval(STEAL, 0, 'one', 0)
    await all
    expect(seen).to.deep.equal([0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})

/** Gives the leases to another one, until then. */
const STEAL = `for n = 0, 31 do
  local key = 'timhook:{' .. n .. '}:lease:' .. ARGV[1]
  redis.call('HINCRBY', key, 'fence', 1)
  redis.call('HSET', key, 'until', ARGV[2], 'owner', 'another')
end`

/** Resolves when leases have been renewed so often. */
async function looks({ connection: { client } }: RedisRun, count: number): Promise<void> {
  const look = (): Promise<string> => client.zrange('timhook:has:one', 0, -1, 'WITHSCORES').then(String)
  for (let n = 0; n < count; n++) {
    const before = await look()
    await eventually(look, (now) => now !== before)
  }
}

async function batch(run: RedisRun, from: number): Promise<void> {
  await Promise.all(Array.from({ length: 50 }, (_, n) => run.accept(from + n, `g${(from + n) % 50}`)))
}

/** How many partitions each owner has. */
async function owned({ connection: { client } }: RedisRun): Promise<number[]> {
  const counts = new Map<string, number>()
  for (const key of PARTITION_KEYS) {
    const owner = (await client.hget(`${key}:lease:one`, 'owner')) ?? ''
    if (owner !== '') counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  return [...counts.values()]
}
