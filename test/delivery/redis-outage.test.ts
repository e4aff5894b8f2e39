import { expect } from 'chai'
import { deferred, entry, full, FULL } from '../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../harness/redis.ts'
import { serve } from '../harness/server.ts'
import { done } from './engines.ts'
import { eventually, runRedis } from './redis-engines.ts'

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
    await eventually(
      () => run.connection.client.hget('timhook:backlog', 'one'),
      (count) => count === '0',
    )
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
    await eventually(
      () => run.connection.client.hget('timhook:backlog', 'one').catch(() => 'away'),
      (count) => count === '0',
    )
    expect(calls).to.equal(1)
    expect(await run.stop()).to.deep.equal({ undelivered: 0 })
  })
})
