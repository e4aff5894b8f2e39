import { expect } from 'chai'
import { createSweep } from '../../../../core/delivery/engines/redis/upkeep/retention.ts'
import { readEntry } from '../../../../core/delivery/engines/redis/client/entry.ts'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { eventsOf } from '../../../harness/server.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { eventually, PARTITION_KEYS, partitionOf, type RedisRun, runRedis, waitingOf, waits } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

describeWithRedis('the engine redis', () => {
  it('refuses callbacks while the memory is full and goes on with what it has, then takes them again', async () => {
    const redis = await startRedis()
    const release = deferred()
    const run = await runRedis(redis, {
      one: async (n, attempt) => {
        await release.promise
        if (n === 2 && attempt === 1) throw new Error('once')
      },
    })
    const { client } = run.connection
    await run.accept(1, 'a')
    await run.accept(2, 'b')
    await client.config('SET', 'maxmemory', '1mb')
    const refused: unknown = await run.accept(3, 'c').catch((error: unknown) => error)
    expect(refused).to.include({ code: 'STORE_UNUSABLE' })
    expect(String(refused)).not.to.contain('GroupId')
    expect(await run.delivery.health().catch(({ code }: { code: string }) => code)).to.equal('STORE_UNUSABLE')
    const both = done(run.bus, 2)
    release.resolve()
    await both
    await waits(run, 0)
    await client.config('SET', 'maxmemory', '0')
    const third = done(run.bus, 1)
    await run.accept(3, 'c')
    await third
    await run.delivery.health()
  })

  it('makes dead letters of the oldest beyond maxBacklog, and counts exactly', async () => {
    const more = { maxBacklog: 200, pool: { concurrency: 1 } }
    const run = await runRedis(await startRedis(), { one: forever }, more)
    const dead = eventsOf(run.bus, 'callback:dead')
    await Promise.all(Array.from({ length: 250 }, (_, n) => run.accept(n, `g${n}`)))
    await eventually(
      async () => dead.length,
      (count) => count >= 50,
    )
    await waits(run, 200)
    expect(dead).to.have.length(50)
    expect(dead[0]?.error).to.contain('maxBacklog')
  })

  it('keeps other keys going while one has a long queue, and brings that one in order', async () => {
    const seen: number[] = []
    const release = deferred()
    const run = await runRedis(await startRedis(), {
      one: async (n) => {
        if (n === 0) await release.promise
        seen.push(n)
      },
    })
    for (let n = 0; n < 400; n++) await run.accept(n, 'hot')
    const others = done(run.bus, 50)
    for (let n = 1000; n < 1050; n++) await run.accept(n, `other${n}`)
    await others
    expect(seen.every((n) => n >= 1000)).to.equal(true)
    const hot = done(run.bus, 800)
    release.resolve()
    // Those that come while the queue gets shorter do not overtake it.
    for (let n = 400; n < 800; n++) await run.accept(n, 'hot')
    await hot
    expect(seen.slice(50)).to.deep.equal(Array.from({ length: 800 }, (_, n) => n))
  })

  it('drops finished callbacks of their time, and never unfinished ones', async () => {
    const retry = { attempts: 3, minMs: 1e9, maxMs: 1e9 }
    const run = await runRedis(
      await startRedis(),
      { one: (n) => (n === 300 ? forever() : n === 310 ? Promise.reject(new Error('later')) : undefined) },
      { retry },
    )
    const failed = run.bus.next('handler:failed')
    // One partition, and more than fits in a node of its stream, for Redis drops whole ones.
    const groups = (n: number): string => (n < 290 ? 'a' : n === 300 ? 'b' : n === 310 ? 'c' : 'd')
    const handled = done(run.bus, 598)
    for (let n = 0; n < 600; n++) await run.accept(n, groups(n))
    await Promise.all([handled, failed])
    const { client } = run.connection
    const before = await lengths(run)
    await eventually(
      () => client.zcard(`${before.c.key}:due:one`),
      (count) => count === 1,
    )
    expect(await sweepAll(run)).to.be.above(200)
    const after = await lengths(run)
    expect(after.a.length).to.be.below(before.a.length)
    for (const [group, n] of [
      ['b', 300],
      ['c', 310],
    ] as const) {
      const entries = await client.xrange(`${after[group].key}:cb`, '-', '+')
      expect(JSON.stringify(entries)).to.contain(`EventTime\\":${n}}`)
    }
  })

  it('drops nothing that a plugin has not had yet', async () => {
    const run = await runRedis(await startRedis(), { one: forever })
    await Promise.all(Array.from({ length: 600 }, (_, n) => run.accept(n, `${n}${'x'.repeat(2000)}`)))
    await sweepAll(run)
    const { client } = run.connection
    const all = await Promise.all(PARTITION_KEYS.map((key) => client.xlen(`${key}:cb`)))
    expect(all.reduce((sum, length) => sum + length, 0)).to.equal(600)
  })

  it('drops the oldest when the streams take more than they may', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined })
    const handled = done(run.bus, 2000)
    const accepted = Array.from({ length: 2000 }, (_, n) => run.accept(n, 'one'))
    await Promise.all(accepted)
    await handled
    const retention = { age: 1e9, size: 100_000, deadLetters: 1e9 }
    const dropped = await eventually(
      () => sweepAll(run, retention),
      (count) => count > 0,
    )
    expect(dropped).to.be.below(2000)
  })

  it('drops finished callbacks before their time when the memory is nearly full, and takes new ones again', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, { pace: { sweepMs: 60_000 } })
    const { client } = run.connection
    const handled = done(run.bus, 2000)
    await Promise.all(Array.from({ length: 2000 }, (_, n) => run.accept(n, `${n % 2}${'x'.repeat(2000)}`)))
    await handled
    const used = Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1])
    await client.config('SET', 'maxmemory', `${used - 200_000}`)
    expect(await run.accept(2000).catch(({ code }: { code: string }) => code)).to.equal('STORE_UNUSABLE')
    await eventually(
      async () => {
        await sweepAll(run, { age: 1e9, size: 1e12, deadLetters: 1e9 })
        return run.accept(2000).then(
          () => true,
          () => false,
        )
      },
      (isTaken) => isTaken,
    )
  })

  it('refuses what a former owner of a partition writes', async () => {
    const redis = await startRedis()
    const release = deferred()
    const started = deferred()
    const first = await runRedis(redis, {
      one: async () => {
        started.resolve()
        await release.promise
      },
    })
    await first.accept(1)
    await started.promise
    // Another one has taken the partition, as it would have after the lease.
    const { client } = first.connection
    const key = await partitionOf(first)
    await client.hset(`${key}:lease:one`, { owner: 'other', until: `${Date.now() + 60_000}` })
    const handled = done(first.bus, 1)
    release.resolve()
    await handled
    await first.stop()
    const look = await runRedis(redis, {})
    const lease = await look.connection.client.hgetall(`${key}:lease:one`)
    expect(lease).to.include({ owner: 'other', finished: '0', cursor: '1' })
    expect(await waitingOf(look)).to.equal(1)
  })
})

async function sweepAll(
  { connection, bus }: RedisRun,
  retention = { age: -1000, size: 1e12, deadLetters: 1e9 },
): Promise<number> {
  const rest = { partitions: 32, sweepMs: 1000, keepRemoved: 1e9 }
  return createSweep({ connection, bus, retention, ...rest }).sweep()
}

type Group = 'a' | 'b' | 'c' | 'd'

async function lengths({ connection }: RedisRun): Promise<Record<Group, { key: string; length: number }>> {
  const none = { key: '', length: 0 }
  const found = { a: none, b: none, c: none, d: none }
  for (const key of PARTITION_KEYS) {
    const entries = await connection.client.xrange(`${key}:cb`, '-', '+')
    for (const [, fields] of entries) {
      const body = JSON.parse(readEntry(fields.at(-1) ?? '').raw) as { GroupId: Group }
      found[body.GroupId] = { key, length: entries.length }
    }
  }
  return found
}
