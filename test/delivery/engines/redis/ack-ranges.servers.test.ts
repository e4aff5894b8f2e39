import { expect } from 'chai'
import { createRun } from '../../../../core/delivery/engines/redis/client/run.ts'
import { APPEND } from '../../../../core/delivery/engines/redis/scripts/append.ts'
import { SETTLE } from '../../../../core/delivery/engines/redis/scripts/settle.ts'
import { TAKE } from '../../../../core/delivery/engines/redis/scripts/take.ts'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { countOf, eventually, type RedisRun, runRedis } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

describeWithRedis('what a process has stored itself', () => {
  it('is handed over without being read', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, { pace: { leaseMs: 600_000 } })
    const first = done(run.bus, 32)
    for (let n = 0; n < 32; n++) await run.accept(n, `g${n}`)
    await first
    const read = countOf(run, TAKE)
    const rest = done(run.bus, 500)
    for (let n = 32; n < 532; n++) await run.accept(n, `g${n}`)
    await rest
    // A look around now and then may come to one before it is told of.
    expect(read()).to.be.below(50)
  })

  it('becomes pending only where it is not done and a later one is', async () => {
    const release = deferred()
    const run = await runRedis(await startRedis(), { one: (n) => (n === 0 ? release.promise : undefined) })
    const others = done(run.bus, 640)
    await run.accept(0, 'slow')
    for (let n = 1; n <= 640; n++) await run.accept(n, `g${n}`)
    await others
    await backlogIs(run, '1')
    expect(await pendingOf(run)).to.equal(1)
    release.resolve()
    await backlogIs(run, '0')
    expect(await pendingOf(run)).to.equal(0)
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

  it('acks a callback once, however often it is written, only forwards, and only up to an entry that exists', async () => {
    const run = await runRedis(await startRedis(), { one: forever }, { pace: { leaseMs: 600_000 } })
    await run.accept(1)
    await run.accept(2)
    const { client } = run.connection
    const n = await partitionWith(run)
    const fence = (await client.hget(`timhook:lease:one:${n}`, 'fence')) ?? ''
    const [one, two] = await client.xrange(`timhook:cb:${n}`, '-', '+')
    const evaluate = createRun(run.connection)
    const write = (entry: string, step: number): Promise<number[]> =>
      evaluate(SETTLE, 'pass', 'one', n, fence, entry, step, '1')
    const isAt = async (entry = ''): Promise<void> => {
      expect(JSON.stringify(await client.xinfo('GROUPS', `timhook:cb:${n}`))).to.contain(`"${entry}"`)
    }
    for (let time = 0; time < 2; time++) expect(await write(one?.[0] ?? '', 1000)).to.deep.equal([1])
    expect(await client.hget('timhook:backlog', 'one')).to.equal('1')
    await write('9999999999999-0', 1001)
    await isAt(one?.[0])
    await write(two?.[0] ?? '', 1002)
    await write(one?.[0] ?? '', 1003)
    await isAt(two?.[0])
  })
})

async function backlogIs({ connection: { client } }: RedisRun, count: string): Promise<void> {
  await eventually(
    () => client.hget('timhook:backlog', 'one'),
    (found) => found === count,
  )
}

async function pendingOf({ connection: { client } }: RedisRun): Promise<number> {
  let sum = 0
  for (let n = 0; n < 32; n++) sum += Number((await client.xpending(`timhook:cb:${n}`, 'one'))[0])
  return sum
}

/** The only partition with callbacks. */
async function partitionWith({ connection: { client } }: RedisRun): Promise<number> {
  for (let n = 0; ; n++) if ((await client.xlen(`timhook:cb:${n}`)) > 0) return n
}
