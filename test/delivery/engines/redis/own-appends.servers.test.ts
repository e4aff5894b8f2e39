import { expect } from 'chai'
import { APPEND } from '../../../../core/delivery/engines/redis/append/appender.ts'
import { GiveUp } from '../../../../core/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { countReads, deadLettersOf, eventually, type RedisRun, runRedis } from './run-redis.ts'

describeWithRedis('what a process has stored itself', () => {
  it('is handed over without being read', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, { pace: { leaseMs: 600_000 } })
    const first = done(run.bus, 32)
    for (let n = 0; n < 32; n++) await run.accept(n, `g${n}`)
    await first
    const read = countReads(run)
    const rest = done(run.bus, 500)
    for (let n = 32; n < 532; n++) await run.accept(n, `g${n}`)
    await rest
    // A look around now and then may come to one before it is told of.
    expect(read()).to.be.below(50)
  })

  it('is not delivered ahead of what another process has stored for the same key', async () => {
    const redis = await startRedis()
    const seen: number[] = []
    const handle = (n: number): void => void seen.push(n)
    const [first, second] = [await runRedis(redis, { one: handle }), await runRedis(redis, { one: handle })]
    const all = 300
    for (let n = 0; n < all; n++) await (n % 3 === 0 ? second : first).accept(n, 'both')
    await eventually(
      async () => seen.length,
      (length) => length === all,
    )
    expect(seen).to.deep.equal(Array.from({ length: all }, (_, n) => n))
  })

  it('is delivered, and before what comes next, where the reply was lost that says so', async () => {
    const seen: number[] = []
    let isArmed = false
    const lost = { script: APPEND, when: () => isArmed }
    const run = await runRedis(await startRedis(), { one: (n) => void seen.push(n) }, { lost })
    const first = done(run.bus, 1)
    await run.accept(0)
    await first
    isArmed = true
    expect(await run.accept(1).catch(({ code }: { code: string }) => code)).to.equal('STORE_CLOSED')
    const both = done(run.bus, 2)
    await run.accept(2)
    await both
    expect(seen).to.deep.equal([0, 1, 2])
  })

  it('has its keys under the hash tag of its partition, as a cluster would want them', async () => {
    const fail = (n: number): void => {
      if (n % 2 === 0) throw new Error('no')
      if (n % 3 === 0) throw new GiveUp('never')
    }
    const more = { pace: { sweepMs: 60_000 }, retry: { attempts: 3, minMs: 1e9, maxMs: 1e9 } }
    const run = await runRedis(await startRedis(), { one: fail }, more)
    const ended = Promise.all([heardTimes(run, 'handler:failed', 10), heardTimes(run, 'callback:dead', 3)])
    for (let n = 0; n < 20; n++) await run.accept(n, `g${n}`)
    await run.accept(19, 'g19')
    await ended
    const { client } = run.connection
    await eventually(
      () => deadLettersOf(run),
      (count) => count === 3,
    )
    const shared = (await client.keys('timhook:*')).filter((key) => !/^timhook:\{\d+\}(?::|$)/.test(key))
    expect(shared.toSorted()).to.deep.equal(['has:one', 'members', 'meta', 'plugins'].map((name) => `timhook:${name}`))
  })
})

function heardTimes({ bus }: RedisRun, name: 'handler:failed' | 'callback:dead', count: number): Promise<void> {
  let seen = 0
  return new Promise((resolve) => bus.on(name, () => void (++seen === count && resolve())))
}
