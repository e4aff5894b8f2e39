import { expect } from 'chai'
import { APPEND } from '../../../../core/delivery/engines/redis/append/appender.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { countReads, eventually, runRedis } from './run-redis.ts'

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
})
