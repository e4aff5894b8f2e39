import { expect } from 'chai'
import type { Callback } from '../../../../core/callback/callback.ts'
import { readEntry } from '../../../../core/delivery/engines/redis/client/entry.ts'
import { SETTLE } from '../../../../core/delivery/engines/redis/redis-log.ts'
import { createSweep } from '../../../../core/delivery/engines/redis/upkeep/retention.ts'
import { runScript } from '../../../../core/store/redis/script.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { eventsOf } from '../../../harness/server.ts'
import { callback, done } from '../sqlite/run-sqlite.ts'
import { deadLettersOf, PARTITION_KEYS, type RedisRun, runRedis, waits } from './run-redis.ts'

const forever = (): Promise<void> => new Promise(() => undefined)
const PACE = { pace: { sweepMs: 60_000 } }
const UNKNOWN = 'Group.CallbackAfterSomethingNew'

async function sweep({ connection, bus }: RedisRun, size: number): Promise<number> {
  const rest = { partitions: 32, sweepMs: 1000, keepRemoved: 1e9 }
  const retention = { age: 1e9, deadLetters: 1e9, size }
  return createSweep({ connection, bus, retention, ...rest }).sweep()
}

function large(n: number, more: Partial<Callback> = {}): Callback {
  const one = callback(n, 'g')
  return { ...one, raw: one.raw.replace('}', `,"text":"${'x'.repeat(10_000)}"}`), signed: true, ...more }
}

/** How many callbacks there are, by kind. */
async function left(run: RedisRun): Promise<Record<string, number>> {
  const { client } = run.connection
  const counts = { refused: await client.xlen('timhook:kept:refused'), unsigned: 0, unknown: 0, others: 0, letters: 0 }
  for (const key of PARTITION_KEYS) {
    for (const [, fields] of await client.xrange(`${key}:cb`, '-', '+')) {
      const { signed, command } = readEntry(fields[3] ?? '')
      if (!signed) counts.unsigned++
      else if (command === UNKNOWN) counts.unknown++
      else counts.others++
    }
  }
  counts.letters = await deadLettersOf(run)
  return counts
}

describeWithRedis('room in a Redis', () => {
  it('is made in an order: refused, finished of unsigned apps and unknown commands, finished', async () => {
    const run = await runRedis(await startRedis(), { one: () => undefined }, PACE)
    const shortened = eventsOf(run.bus, 'history:shortened')
    const handled = done(run.bus, 30)
    for (let n = 0; n < 10; n++) {
      await run.take(large(n))
      await run.take(large(100 + n, { signed: false }))
      await run.take(large(200 + n, { command: UNKNOWN }))
      await run.delivery.recordUndelivered(large(300 + n), { as: 'refused', error: 'does not fit' })
    }
    await handled
    await waits(run, 0)
    const all = await left(run)
    expect(all).to.deep.equal({ refused: 10, unsigned: 10, unknown: 10, others: 10, letters: 0 })
    const bytes = 40 * 10_300
    await sweep(run, bytes - 5 * 10_300)
    const first = await left(run)
    expect(first).to.deep.include({ unsigned: 10, unknown: 10, others: 10 })
    expect(first['refused']).to.be.below(10)
    await sweep(run, bytes - 20 * 10_300)
    const second = await left(run)
    expect(second).to.deep.include({ refused: 0, others: 10 })
    expect((second['unsigned'] ?? 0) + (second['unknown'] ?? 0)).to.be.within(1, 19)
    await sweep(run, 1)
    await sweep(run, 1)
    expect((await left(run))['others']).to.be.below(10)
    expect(shortened.reduce((sum, { refused }) => sum + refused, 0)).to.equal(10)
    expect(shortened.at(-1))
      .to.have.property('since')
      .that.is.above(Date.now() - 60_000)
  })

  it('has a share for what is refused, of which the app that takes most loses its oldest', async () => {
    const run = await runRedis(await startRedis(), {}, PACE)
    const refuse = async (n: number, sdkAppId: number): Promise<void> =>
      run.delivery.recordUndelivered(large(n, { sdkAppId }), { as: 'refused', error: 'does not fit' })
    await refuse(0, 2)
    for (let n = 1; n <= 50; n++) await refuse(n, 1)
    // A twentieth of the size.
    await sweep(run, 20 * 5 * 10_300)
    const entries = await run.connection.client.xrange('timhook:kept:refused', '-', '+')
    const apps = entries.map(([, fields]) => readEntry(fields.at(-1) ?? '').sdkAppId)
    expect(apps).to.deep.equal([2, 1, 1, 1, 1])
    expect(await run.connection.client.hgetall('timhook:refused')).to.have.all.keys('1', '2')
  })

  it('has a share for dead letters for faults; other ones, and what is not finished, are never touched', async () => {
    const run = await runRedis(await startRedis(), { one: forever }, PACE)
    const { client } = run.connection
    for (let n = 0; n < 20; n++) await run.take(large(n))
    let index = 0
    for (const key of PARTITION_KEYS) {
      const { owner = '', fence = '' } = await client.hgetall(`${key}:lease:one`)
      for (const [entry] of await client.xrange(`${key}:cb`, '-', '+')) {
        const [kind, at] = [index < 2 ? 'dead' : 'fault', Date.now() + index]
        const change = index++ < 18 ? [1, kind, entry.slice(2), `1 ${at} a fault\0`, at] : [0]
        await runScript(run.connection, SETTLE, [key], [owner, 'one', fence, 0, ...change])
      }
    }
    expect(await left(run)).to.deep.include({ letters: 18, others: 20 })
    await sweep(run, 10 * 5 * 10_300)
    expect(await left(run)).to.deep.include({ letters: 2 + 5 })
    await sweep(run, 1)
    await sweep(run, 1)
    const last = await left(run)
    expect(last).to.deep.include({ letters: 2 })
    expect(last['others']).to.be.at.least(2)
  })
})
