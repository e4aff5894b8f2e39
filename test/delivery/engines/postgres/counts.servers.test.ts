import { expect } from 'chai'
import { makeSchema } from '../../../../core/delivery/engines/postgres/schema.ts'
import { openPostgresHistory } from '../../../../core/delivery/engines/postgres/history/history.ts'
import { PostgresLog } from '../../../../core/delivery/engines/postgres/log.ts'
import { Bus } from '../../../../core/observe/bus.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import { openPostgres, type PostgresClient } from '../../../../core/store/postgres/client.ts'
import { sql } from '../../../../core/store/postgres/sql.ts'
import { deferred } from '../../../harness/plugin.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { describeWithPostgres, startPostgres } from '../../../harness/servers/postgres.ts'
import { answered } from '../../contract/histories.ts'
import { eventually } from '../redis/run-redis.ts'
import { type PostgresRun, runPostgres } from './run-postgres.ts'

const COUNT = 600
/** What version 2 added. */
const REVERT = `ALTER TABLE {schema}.partitions DROP COLUMN stored;
  ALTER TABLE {schema}.cursors DROP COLUMN again, DROP COLUMN finished;
  DROP TABLE {schema}.gone;
  DROP FUNCTION {schema}.settle(text, int, bigint, bigint, jsonb);
  CREATE FUNCTION {schema}.settle(text, int, bigint, jsonb) RETURNS bool LANGUAGE sql AS 'SELECT false';
  UPDATE {schema}.timhook_version SET version = 1`

async function connected(url: string): Promise<PostgresClient> {
  const log = createLogger({ level: 'silent' })
  const postgres = await openPostgres({ url, schema: 'timhook', durability: 'strict' }, { log })
  stopAfterTest(() => postgres.close())
  return postgres
}

/** The backlog of the plugin `one` over all processes; each must be a number of callbacks. */
async function backlogOf(runs: readonly PostgresRun[]): Promise<number> {
  const stats = await Promise.all(runs.map(({ delivery }) => delivery.stats()))
  const counts = stats.map(({ plugins }) => plugins[0]?.backlog ?? NaN)
  expect(Math.min(...counts), 'a backlog below zero').to.be.at.least(0)
  return counts.reduce((sum, count) => sum + count, 0)
}

describeWithPostgres('the backlog in a PostgreSQL', () => {
  it('is the same by the processes and by the history, whoever stores and whoever delivers', async () => {
    const { url } = await startPostgres()
    const release = deferred()
    const retry = { attempts: 1, minMs: 1, maxMs: 1 }
    const handle = async (n: number): Promise<void> => {
      await release.promise
      if (n % 100 === 0) throw new Error('broken')
    }
    const runs = [await runPostgres({ url }, { one: handle }, { retry })]
    const store = async (from: number): Promise<void> => {
      const all = Array.from({ length: COUNT / 3 }, async (_, n) =>
        runs[n % runs.length]?.accept(from + n, `g${n % 40}`),
      )
      await Promise.all(all)
    }
    await store(0)
    runs.push(await runPostgres({ url }, { one: handle }, { retry }))
    await store(COUNT / 3)
    const history = await openPostgresHistory({ url, schema: 'timhook', durability: 'strict' })
    stopAfterTest(() => history.close())
    await store((2 * COUNT) / 3)
    expect(await history.backlogs()).to.deep.equal([{ plugin: 'one', count: COUNT }])
    await eventually(
      () => backlogOf(runs),
      (sum) => sum === COUNT,
    )
    release.resolve()
    const isDone = async (): Promise<boolean> =>
      (await history.backlogs()).length === 0 && (await backlogOf(runs)) === 0
    await eventually(isDone, (found) => found)
    const letters = await history.deadLetters()
    expect(letters).to.have.length(COUNT / 100)
    const { entries } = await history.backward({ limit: 1 })
    await answered(history, { kind: 'retry', refs: letters.map(({ ref }) => ref) })
    await answered(history, { kind: 'replay', plugin: 'one', refs: entries.map(({ ref }) => ref) })
    await eventually(
      () => history.deadLetters(),
      ({ length }) => length === COUNT / 100,
    )
    await eventually(isDone, (found) => found)
    const [first, second] = runs
    await second?.stop()
    await eventually(
      () => backlogOf(first ? [first] : []),
      (sum) => sum === 0,
    )
  })

  it('is counted when a schema of version 1 is brought up to date', async () => {
    const { url } = await startPostgres()
    const forever = (): Promise<void> => new Promise(() => undefined)
    const first = await runPostgres({ url }, { one: forever })
    await Promise.all(Array.from({ length: 50 }, (_, n) => first.accept(n, `g${n}`)))
    await first.stop()
    const postgres = await connected(url)
    for (const statement of REVERT.split(';\n')) await postgres.query(sql('', statement))
    await makeSchema(postgres)
    const run = await runPostgres({ url }, { one: async () => undefined })
    await run.accept(50)
    await eventually(
      () => backlogOf([run]),
      (sum) => sum === 0,
    )
    const history = await openPostgresHistory({ url, schema: 'timhook', durability: 'strict' })
    stopAfterTest(() => history.close())
    // What the process has handled is written a moment later.
    await eventually(
      () => history.backlogs(),
      (backlogs) => backlogs.length === 0,
    )
  })

  it('does not count what was erased while it waited', async () => {
    const { url } = await startPostgres()
    const retry = { attempts: 2, minMs: 1e9, maxMs: 1e9 }
    const fail = (n: number): Promise<void> | undefined => {
      if (n === 0) throw new Error('broken')
      return n < 3 ? new Promise(() => undefined) : undefined
    }
    const first = await runPostgres({ url }, { one: fail }, { retry })
    const failed = first.bus.next('handler:failed')
    for (const n of [0, 1, 2, 3]) await first.accept(n, `g${n}`)
    await failed
    await first.stop()
    const history = await openPostgresHistory({ url, schema: 'timhook', durability: 'strict' })
    stopAfterTest(() => history.close())
    const { entries } = await history.forward({ outcome: 'waiting' })
    expect(await history.backlogs()).to.deep.equal([{ plugin: 'one', count: entries.length }])
    await history.erase({ callbacks: entries.slice(0, 2), records: [] })
    expect(await history.backlogs()).to.deep.equal([{ plugin: 'one', count: entries.length - 2 }])
    const left = await history.forward({ outcome: 'waiting' })
    expect(left.entries.map(({ id }) => id)).to.deep.equal(entries.slice(2).map(({ id }) => id))
  })

  it('does not keep a lease from others if its grant was lost on the way', async () => {
    const { url } = await startPostgres()
    const postgres = await connected(url)
    await makeSchema(postgres)
    const retention = { age: 1e9, size: 1e12, deadLetters: 1e9 }
    const pace = { leaseMs: 600_000 }
    const open = async (): Promise<PostgresLog> => {
      const deps = { postgres, schema: 'timhook', plugins: ['one'], bus: new Bus(), resendWindow: 0, retention, pace }
      const log = new PostgresLog(deps)
      await log.open({ appending() {}, notified() {}, freed() {} })
      stopAfterTest(() => log.close())
      return log
    }
    const ask = { plugins: ['one'], held: [], returned: [], isLeaving: false }
    const first = await open()
    expect((await first.lease(ask)).taken).to.have.length(32)
    const second = await open()
    expect((await second.lease(ask)).taken).to.deep.equal([])
    // The reply to the first call never came: it has all of them, and its share is half.
    const { taken } = await first.lease(ask)
    expect(taken).to.have.length(32)
    const { surplus } = await first.lease({ ...ask, held: taken })
    expect(surplus).to.have.length(16)
    await first.lease({ ...ask, held: taken.slice(16), returned: surplus })
    expect((await second.lease(ask)).taken).to.have.length(16)
  })
})
