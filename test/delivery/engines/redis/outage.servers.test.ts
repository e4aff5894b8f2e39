import { expect } from 'chai'
import { APPEND } from '../../../../core/delivery/engines/redis/append/appender.ts'
import { READ, SETTLE } from '../../../../core/delivery/engines/redis/redis-log.ts'
import { deferred, entry, full, FULL } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { serve } from '../../../harness/server.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { deadLettersOf, eventually, runRedis, waitingOf, waits } from './run-redis.ts'

describeWithRedis('a Redis that goes away', () => {
  it('makes callbacks be refused at once with 503, and taken again by itself when it is back', async () => {
    const redis = await startRedis()
    const seen: number[] = []
    const { post, bus, lines } = await serve({
      delivery: { engine: 'redis', redis: { url: redis.url } },
      plugins: [entry('sees', { [FULL]: async ({ body }) => void seen.push(body.EventTime ?? 0) })],
    })
    await redis.kill()
    const failed = bus.next('delivery:failed')
    const { status } = await post(FULL, full())
    expect(status).to.equal(503)
    expect((await failed).error).to.include({ code: 'STORE_UNREACHABLE' })
    await redis.start()
    const handled = bus.next('handler:done')
    await eventually(
      async () => (await post(FULL, { GroupId: 'a', EventTime: 7 })).status,
      (status) => status === 200,
    )
    await handled
    expect(seen).to.deep.equal([7])
    expect(lines.join('')).not.to.match(/GroupId|TGS/)
  })

  it('loses nothing that was acknowledged when it is killed under load, and started again', async () => {
    const redis = await startRedis()
    const seen = new Set<number>()
    const run = await runRedis(redis, { one: (n) => void seen.add(n) })
    const acknowledged = new Set<number>()
    let n = 0
    const stopping = new AbortController()
    const producer = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        const mine = n++
        try {
          await run.accept(mine, `g${mine % 13}`)
          acknowledged.add(mine)
        } catch {
          await new Promise((resolve) => setTimeout(resolve, 2))
        }
      }
    }
    const producers = Promise.all(Array.from({ length: 8 }, producer))
    for (let round = 1; round <= 3; round++) {
      const enough = acknowledged.size + 300
      await eventually(
        async () => acknowledged.size,
        (size) => size >= enough,
      )
      await redis.restart()
    }
    const enough = acknowledged.size + 100
    await eventually(
      async () => acknowledged.size,
      (size) => size >= enough,
    )
    stopping.abort()
    await producers
    await waits(run, 0)
    expect([...acknowledged].filter((one) => !seen.has(one))).to.deep.equal([])
  })

  it('gets what became of callbacks meanwhile when it is back', async () => {
    const redis = await startRedis()
    const started = deferred()
    const release = deferred()
    let calls = 0
    const run = await runRedis(redis, {
      one: async () => {
        calls++
        started.resolve()
        await release.promise
      },
    })
    await run.accept(1)
    await started.promise
    await redis.kill()
    const finished = done(run.bus, 1)
    release.resolve()
    await finished
    await redis.start()
    await waits(run, 0)
    expect(calls).to.equal(1)
    expect(await run.stop()).to.deep.equal({ undelivered: 0 })
  })

  it('makes no dead letters of what waits for plugins that every process has, however long it is away', async () => {
    const redis = await startRedis()
    const pace = { sweepMs: 20, leaseMs: 400 }
    const started = deferred()
    const hang = (): Promise<void> => {
      started.resolve()
      return new Promise(() => undefined)
    }
    const run = await runRedis(redis, { one: hang }, { pace, keepRemoved: 100 })
    await run.accept(1)
    await started.promise
    await redis.kill()
    // Longer than a lease and the time after which a plugin counts as removed.
    await new Promise((resolve) => setTimeout(resolve, 700))
    await redis.start()
    const { client } = run.connection
    const look = (): Promise<string> => client.zrange('timhook:has:one', 0, -1, 'WITHSCORES').then(String, () => 'away')
    for (let n = 0; n < 4; n++) {
      const before = await eventually(look, (now) => now !== 'away')
      await eventually(look, (now) => now !== before && now !== 'away')
    }
    expect(await deadLettersOf(run)).to.equal(0)
    expect(await waitingOf(run)).to.equal(1)
  })

  for (const { name, script, when } of [
    {
      name: 'what it gave',
      script: READ,
      when: (reply: unknown) => (reply as [number, number, number, unknown[]])[3].length > 0,
    },
    { name: 'that it knows what became of them', script: SETTLE, when: () => true },
    { name: 'that it has stored them', script: APPEND, when: () => true },
  ]) {
    it(`delivers callbacks once where a reply is lost that says ${name}`, async () => {
      const seen: number[] = []
      const redis = await startRedis()
      const handle = (n: number): void => void seen.push(n)
      const run = await runRedis(redis, { one: handle }, { lost: { script, when } })
      // Another process, for what that stores is read.
      const stores = script === READ ? await runRedis(redis, { one: handle }) : run
      // The first scripts are sent as text, and their replies arrive.
      await stores.accept(0)
      await waits(run, 0)
      for (let n = 1; n <= 20; n++) {
        await eventually(
          () =>
            stores.accept(n, `g${n}`).then(
              () => true,
              () => false,
            ),
          (isTaken) => isTaken,
        )
      }
      await waits(run, 0)
      expect(seen.toSorted((one, other) => one - other)).to.deep.equal(Array.from({ length: 21 }, (_, n) => n))
    })
  }
})
