import { expect } from 'chai'
import { Appender } from '../../../../core/delivery/engines/redis/append/append-batch.ts'
import { aboutText, pluginsText } from '../../../../core/delivery/engines/redis/partition/entry.ts'
import { Gaps } from '../../../../core/delivery/engines/redis/append/gaps.ts'
import { ReadAhead } from '../../../../core/delivery/engines/redis/consume/read-ahead.ts'
import type { Item } from '../../../../core/delivery/engines/redis/consume/item.ts'
import { SettleBatcher } from '../../../../core/delivery/engines/redis/consume/settle-batcher.ts'
import { Resequencer } from '../../../../core/delivery/engines/redis/append/resequencer.ts'
import { openStreams } from '../../../../core/delivery/engines/redis/client/open.ts'
import { createRun, type Run } from '../../../../core/delivery/engines/redis/client/run.ts'
import { TAKE } from '../../../../core/delivery/engines/redis/scripts/take.ts'
import { PartitionLease } from '../../../../core/delivery/engines/redis/partition/partition-lease.ts'
import { describeWithRedis, startRedis } from '../../../harness/servers/redis.ts'
import { append } from './append/append.ts'
import { callback } from '../sqlite/run-sqlite.ts'
import { eventually, runRedis } from './run-redis.ts'

const fail = (error: unknown): never => {
  throw error
}

/** What a plugin is given of two partitions, with room as a test has it, and as many reads as it allows. */
async function twoShares() {
  const { connection } = await runRedis(await startRedis(), {})
  const { client, prefix } = connection
  const evaluate = createRun(connection)
  await openStreams(evaluate, ['one'], prefix)
  const leases = [0, 1].map((n) => new PartitionLease('one', { n, fence: '1', at: 0, clean: true }))
  for (const { n, fence } of leases) await client.hset(`${prefix}:lease:one:${n}`, { fence, step: 0 })
  const [gaps, settleBatcher] = [new Gaps(), new SettleBatcher(evaluate, fail)]
  const appender = new Appender({
    run: evaluate,
    resendWindow: 0,
    member: 'm',
    gaps,
    resequencer: new Resequencer(gaps),
    afterSending: () => undefined,
  })
  const items: Item[] = []
  let [room, reads] = [0, 0]
  const run: Run = async (script, ...args) => {
    if (script === TAKE) reads--
    return evaluate(script, ...args)
  }
  const readAhead = new ReadAhead({
    plugin: 'one',
    run,
    settleBatcher,
    gaps,
    maxBacklog: undefined,
    longestDelayMs: 60_000,
    leases: new Map(leases.map((lease) => [lease.n, lease])),
    room: () => room,
    mayTake: () => reads > 0,
    reportBackgroundError: fail,
    onItem: (item) => void items.push(item),
    onOver: fail,
  })
  return {
    leases,
    items,
    settleBatcher,
    store: async (n: number): Promise<void> => {
      const stored = callback(n, 'g')
      const row = ['', 0, 0, n, pluginsText(['one']), stored.id, aboutText(stored, 'g'), stored.raw]
      await append(appender, row)
      for (const lease of leases) lease.dirty = true
    },
    read: async (inRoom: number, times = 1): Promise<void> => {
      ;[room, reads] = [inRoom, times]
      readAhead.pump()
      await eventually(
        async () => reads === 0 && leases.every(({ isReading }) => !isReading),
        (isOver) => isOver,
      )
    },
    backlog: () => client.hget(`${prefix}:backlog`, 'one'),
  }
}

describeWithRedis('where a process begins to read anew', () => {
  it('gives nothing once more that is over, however little of it there was room to read', async () => {
    const { leases, items, settleBatcher, store, read, backlog } = await twoShares()
    for (const n of [0, 1, 0, 1]) await store(n)
    await read(100)
    expect(items.length).to.equal(4)
    for (const lease of leases) lease.reset()
    await read(1)
    for (const item of items) settleBatcher.done(item)
    await settleBatcher.flush()
    for (const n of [0, 1]) await store(n)
    await read(100)
    const [late, later] = items.slice(4)
    expect(items.length).to.equal(6)
    for (const item of [late, later]) if (item) settleBatcher.done(item)
    await settleBatcher.flush()
    expect(await backlog()).to.equal('0')
  })
})

describe('an append whose notification cannot be published', () => {
  it('is a gap, so that nothing behind it is handed over before it has been read', async () => {
    const gaps = new Gaps()
    const run = (async () => [1, '1-0', '2-0']) as Run
    const appender = new Appender({
      run,
      resendWindow: 0,
      member: 'm',
      gaps,
      resequencer: new Resequencer(gaps),
      afterSending: () => undefined,
    })
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
    const told: string[] = []
    const tell = (entry: string): void => {
      told.push(entry)
      throw new Error('broken')
    }
    await Promise.all([append(appender, [], tell), append(appender, [], tell)])
    const error = await thrown
    for (const listener of others) process.on('uncaughtException', listener)
    expect(error).to.include({ message: 'broken' })
    expect({ told, gaps: gaps.count }).to.deep.equal({ told: ['1-0'], gaps: 2 })
  })
})
