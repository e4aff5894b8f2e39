import { expect } from 'chai'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { deadLettersOf, eventually, runRedis } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

describeWithRedis('a restart with the engine redis', () => {
  it('delivers what was left, in order, and counts it at the stop', async () => {
    const redis = await startRedis()
    const first = await runRedis(redis, { one: forever })
    await Promise.all(Array.from({ length: 2500 }, (_, n) => first.accept(n, `g${n % 7}`)))
    expect(await first.stop()).to.deep.equal({ undelivered: 2500 })
    const seen: number[] = []
    const all = deferred()
    const second = await runRedis(redis, {
      one: (n) => {
        seen.push(n)
        if (seen.length === 2500) all.resolve()
      },
    })
    await all.promise
    expect(await second.stop()).to.deep.equal({ undelivered: 0 })
    for (let group = 0; group < 7; group++) {
      const ofGroup = seen.filter((n) => n % 7 === group)
      expect(ofGroup).to.deep.equal(ofGroup.toSorted((one, other) => one - other))
    }
    expect(new Set(seen).size).to.equal(2500)
  })

  it('goes on with retries, and an ordered one still holds up its key', async () => {
    const redis = await startRedis()
    const more = { ordered: true, retry: { attempts: 3, minMs: 100, maxMs: 100 } }
    const once = (_n: number, attempt: number): Promise<void> =>
      attempt === 1 ? Promise.reject(new Error('not now')) : forever()
    const first = await runRedis(redis, { one: once }, more)
    const failed = first.bus.next('handler:failed')
    await first.accept(1)
    await failed
    await first.accept(2)
    await first.stop()
    const seen: [number, number][] = []
    const second = await runRedis(redis, { one: (n, attempt) => void seen.push([n, attempt]) }, more)
    await done(second.bus, 2)
    expect(seen).to.deep.equal([
      [1, 2],
      [2, 1],
    ])
  })

  for (const ordered of [false, true]) {
    it(`tries what is due later than any retry waits, for the clock was set back, with ordered: ${ordered}`, async () => {
      const redis = await startRedis()
      const failing = (): Promise<void> => Promise.reject(new Error('not now'))
      const first = await runRedis(redis, { one: failing }, { ordered, retry: { attempts: 3, minMs: 1e8, maxMs: 1e9 } })
      const failed = first.bus.next('handler:failed')
      await first.accept(1)
      await failed
      await first.stop()
      const retry = { attempts: 3, minMs: 1, maxMs: 1000 }
      const second = await runRedis(redis, { one: () => undefined }, { ordered, retry })
      await done(second.bus, 1)
    })
  }

  it('goes on with retries that hold nothing up, at their attempt', async () => {
    const redis = await startRedis()
    const retry = { attempts: 3, minMs: 50, maxMs: 50 }
    const once = (_n: number, attempt: number): Promise<void> =>
      attempt === 1 ? Promise.reject(new Error('not now')) : forever()
    const first = await runRedis(redis, { one: once }, { retry })
    const failed = first.bus.next('handler:failed')
    await first.accept(1)
    await failed
    await eventually(
      () => first.connection.client.keys('timhook:*:next:one'),
      (keys) => keys.length === 1,
    )
    await first.die()
    const attempts: number[] = []
    const second = await runRedis(redis, { one: (_n, attempt) => void attempts.push(attempt) }, { retry })
    await done(second.bus, 1)
    expect(attempts).to.deep.equal([2])
  })

  it('recognises resends of before, and counts them', async () => {
    const redis = await startRedis()
    const first = await runRedis(redis, { one: () => undefined })
    const handled = done(first.bus, 1)
    await first.accept(1)
    await first.accept(1)
    await handled
    await first.stop()
    const second = await runRedis(redis, { one: () => undefined })
    const resent = second.bus.next('callback:resent')
    await second.accept(1)
    expect(await resent).to.include({ resends: 2 })
  })

  it('gives a new plugin what comes next, and makes dead letters of what waits for a removed one', async () => {
    const redis = await startRedis()
    const first = await runRedis(redis, { old: forever })
    for (let n = 1; n <= 200; n++) await first.accept(n, `g${n}`)
    await first.stop()
    const seen: number[] = []
    const second = await runRedis(redis, { new: (n) => void seen.push(n) })
    expect(await second.bus.next('backlog:dead')).to.include({ plugin: 'old', count: 200 })
    const handled = done(second.bus, 1)
    await second.accept(201)
    await handled
    expect(seen).to.deep.equal([201])
    const { client } = second.connection
    expect(await deadLettersOf(second)).to.equal(200)
    expect((await client.keys('timhook:*:old*')).join()).to.equal('')
  })

  for (const ending of ['unsettled', 'failed'] as const) {
    it(`takes a stop for a death only where a fault is its reason: ${ending}`, async () => {
      const redis = await startRedis()
      for (let stop = 0; stop <= 3; stop++) {
        const started = deferred()
        const run = await runRedis(redis, {
          one: () => {
            started.resolve()
            return forever()
          },
        })
        if (stop === 0) await run.accept(1)
        await started.promise
        await run.stop(ending)
      }
      const last = await runRedis(redis, { one: () => undefined })
      const ended = await Promise.race([last.bus.next('handler:done'), last.bus.next('callback:suspect')])
      expect('crashes' in ended).to.equal(ending === 'failed')
    })
  }
})
