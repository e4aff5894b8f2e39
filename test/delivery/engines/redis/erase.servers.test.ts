import { expect } from 'chai'
import { openRedisHistory } from '../../../../core/delivery/engines/redis/history/history.ts'
import type { Entry, History } from '../../../../core/delivery/history.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { deferred } from '../../../harness/plugin.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { answered } from '../../contract/histories.ts'
import { done } from '../sqlite/run-sqlite.ts'
import { eventually, PACE, partitionOf, type RedisRun, runRedis, waits } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)
const PLUGINS = ['one', 'two']

async function look(url: string): Promise<History> {
  const history = await openRedisHistory({ url, prefix: 'timhook', durability: 'strict' })
  stopAfterTest(() => history.close())
  return history
}

/** What is stored, by the number of the callback. */
async function stored(history: History): Promise<Map<number, Entry>> {
  const { entries } = await history.forward({ bodies: true, limit: 1000 })
  return new Map(
    entries.map((entry) => [(JSON.parse(entry.body?.raw ?? '') as { EventTime: number }).EventTime, entry]),
  )
}

async function eraseThem(history: History, ...numbers: number[]): Promise<void> {
  const all = await stored(history)
  await history.erase({ callbacks: numbers.flatMap((n) => all.get(n) ?? []), records: [] })
}

/** The keys of a partition that hold the number of a callback, or a dead letter of it. */
async function keysWith({ connection: { client } }: RedisRun, base: string, seq: string): Promise<string[]> {
  const found: string[] = []
  for (const plugin of PLUGINS) {
    for (const kind of ['next', 'try'])
      if ((await client.hexists(`${base}:${kind}:${plugin}`, seq)) === 1) found.push(`${kind}:${plugin}`)
    for (const kind of ['due', 'age'])
      if ((await client.zscore(`${base}:${kind}:${plugin}`, seq)) !== null) found.push(`${kind}:${plugin}`)
    const letter = `${plugin} ${seq}`
    if ((await client.hexists(`${base}:letters`, letter)) === 1) found.push(`letters ${letter}`)
    if ((await client.zscore(`${base}:dead`, letter)) !== null) found.push(`dead ${letter}`)
  }
  const [entry] = await client.xrange(`${base}:cb`, `0-${seq}`, `0-${seq}`)
  return [...found, ...(entry ? ['cb'] : [])].toSorted()
}

/** Resolves once a process has a lease that it has taken from now on. */
async function taken({ connection: { client } }: RedisRun, base: string, plugin: string): Promise<void> {
  const [seconds, microseconds] = await client.time()
  const now = Number(seconds) * 1000 + Number(microseconds) / 1000
  await eventually(
    async () => Number(await client.hget(`${base}:lease:${plugin}`, 'until')),
    (until) => until >= now + PACE.leaseMs,
  )
}

describeWithRedis('erasing what waits in a Redis', () => {
  it('never delivers it where a consumer runs, and delivers the rest in order', async () => {
    const redis = await startRedis()
    const gate = deferred()
    const seen: number[] = []
    const run = await runRedis(redis, {
      one: async (n) => {
        if (n === 0) await gate.promise
        seen.push(n)
      },
    })
    for (let n = 0; n < 8; n++) await run.accept(n)
    const [base, history] = [await partitionOf(run), await look(redis.url)]
    await eraseThem(history, 2, 4, 7)
    await taken(run, base, 'one')
    await run.accept(8)
    gate.resolve()
    await waits(run, 0)
    expect([...new Set(seen)]).to.deep.equal([0, 1, 3, 5, 6, 8])
    expect([...(await stored(history)).values()].map(({ plugins }) => plugins[0]?.outcome)).to.deep.equal(
      Array.from({ length: 6 }, () => 'done'),
    )
    expect(await history.backlogs()).to.deep.equal([])
    expect(await run.stop()).to.deep.equal({ undelivered: 0 })
  })

  it('removes what is pending for one plugin and dead for another, and counts neither', async () => {
    const redis = await startRedis()
    const fail = (): Promise<void> => Promise.reject(new Error('no'))
    const retry = { attempts: 2, minMs: 1e8, maxMs: 1e8 }
    const run = await runRedis(redis, { one: fail, two: fail }, { retry })
    for (const n of [1, 2]) {
      const failed = [run.bus.next('handler:failed')]
      await run.accept(n)
      await Promise.all(failed)
    }
    const [base, history] = [await partitionOf(run), await look(redis.url)]
    const client = run.connection.client
    await eventually(
      () => client.zcard(`${base}:due:two`),
      (count) => count === 2,
    )
    // The last attempt of the second plugin is due at once: a dead letter comes of it.
    const seq = ((await stored(history)).get(1)?.ref ?? '').split('/')[1] ?? ''
    const dead = run.bus.next('callback:dead')
    await client.hset(`${base}:next:two`, seq, '2 1 0')
    await client.zadd(`${base}:due:two`, 1, seq)
    await run.stop()
    const next = await runRedis(redis, { one: fail, two: fail }, { retry })
    await Promise.race([dead, next.bus.next('callback:dead')])
    await eventually(
      () => history.deadLetters(),
      (letters) => letters.length === 1,
    )
    expect(await keysWith(next, base, seq)).to.deep.equal([
      'age:one',
      'cb',
      `dead two ${seq}`,
      'due:one',
      `letters two ${seq}`,
      'next:one',
    ])
    await eraseThem(history, 1)
    expect(await keysWith(next, base, seq)).to.deep.equal([])
    expect(await history.backlogs()).to.deep.equal([
      { plugin: 'one', count: 1 },
      { plugin: 'two', count: 1 },
    ])
    expect([...(await stored(history)).keys()]).to.deep.equal([2])
  })

  it('lets a key go on whose first callback held it up', async () => {
    const redis = await startRedis()
    const seen: number[] = []
    const handle = (n: number): unknown => (n === 1 ? Promise.reject(new Error('no')) : void seen.push(n))
    const more = { ordered: true, retry: { attempts: 3, minMs: 1e8, maxMs: 1e8 } }
    const run = await runRedis(redis, { one: handle }, more)
    const failed = run.bus.next('handler:failed')
    for (const n of [1, 2, 3]) await run.accept(n)
    await failed
    const [base, history] = [await partitionOf(run), await look(redis.url)]
    await eventually(
      () => run.connection.client.hlen(`${base}:next:one`),
      (count) => count === 1,
    )
    await run.stop()
    await eraseThem(history, 1)
    const next = await runRedis(redis, { one: handle }, more)
    await waits(next, 0)
    expect(seen).to.deep.equal([2, 3])
  })

  it('takes it from under the lease of a process that has died', async () => {
    const redis = await startRedis()
    const first = await runRedis(redis, { one: forever, two: forever })
    for (let n = 0; n < 4; n++) await first.accept(n)
    const history = await look(redis.url)
    await first.die()
    await eraseThem(history, 0, 2)
    const seen: [string, number][] = []
    const see = (plugin: string) => (n: number) => void seen.push([plugin, n])
    const second = await runRedis(redis, { one: see('one'), two: see('two') })
    await done(second.bus, 4)
    for (const plugin of PLUGINS) expect(seen.filter(([of]) => of === plugin).map(([, n]) => n)).to.deep.equal([1, 3])
    await eventually(
      () => history.backlogs(),
      (backlogs) => backlogs.length === 0,
    )
  })

  it('counts a replay to a plugin that had not got the callback', async () => {
    const redis = await startRedis()
    const first = await runRedis(redis, { one: () => undefined })
    await first.accept(1)
    await waits(first, 0)
    await first.stop()
    const second = await runRedis(redis, { one: () => undefined, two: forever })
    const history = await look(redis.url)
    const refs = [(await stored(history)).get(1)?.ref ?? '']
    await answered(history, { kind: 'replay', plugin: 'two', refs })
    expect(await history.backlogs()).to.deep.equal([{ plugin: 'two', count: 1 }])
    await eraseThem(history, 1)
    expect(await history.backlogs()).to.deep.equal([])
    expect(await second.connection.client.exists(`${await partitionKeyOf(refs)}:replayed`)).to.equal(0)
  })
})

async function partitionKeyOf([ref = '']: string[]): Promise<string> {
  return `timhook:{${ref.split('/')[0]}}`
}
