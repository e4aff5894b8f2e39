import { expect } from 'chai'
import type { Arg } from '../../../../core/delivery/engines/sqlite/worker/messages.ts'
import { startRetention, leavesReserve } from '../../../../core/delivery/engines/sqlite/upkeep/retention.ts'
import { openSqliteHistory } from '../../../../core/delivery/engines/sqlite/history/history.ts'
import type { Database } from '../../../../core/store/sqlite/database.ts'
import { answered } from '../../contract/histories.ts'
import { deferred } from '../../../harness/plugin.ts'
import { callback, done, newFile, type Run, runEngine } from './run-sqlite.ts'
import { forever, later, look, read } from './tick-batches.ts'

const NOTHING = { finishedSince: 0, deadSince: 0, size: 1e15, needsRoom: false, limit: 1000 }
const ABOUT = { sdkAppId: 1, signed: false, query: '{}', command: 'A.B', raw: '{}', expendable: true }

/** What is listed, oldest first. */
async function numbers(file: string): Promise<number[]> {
  const history = openSqliteHistory(file)
  const { entries } = await history.forward({ limit: 1000, bodies: true })
  await history.close()
  return entries.map(({ body }) => (JSON.parse(body?.raw ?? '') as { EventTime: number }).EventTime)
}

/** Three that are done, then one that is dead, one under way, and one that is done beyond it. */
async function withAllKinds(): Promise<{ run: Run; database: Database; file: string }> {
  const file = await newFile()
  const run = await runEngine(
    file,
    {
      one: (n) => {
        if (n === 4) throw new Error('broken')
        return n === 5 ? forever() : undefined
      },
    },
    { retry: { attempts: 1, minMs: 1, maxMs: 1 } },
  )
  const settled = Promise.all([done(run.bus, 4), run.bus.next('callback:dead')])
  for (let n = 1; n <= 6; n++) await run.accept(n, `g${n}`)
  await settled
  const database = look(file)
  // What became of them is written a little later.
  while (database.number('SELECT max(last) FROM done') < 6) await run.client.request('probe', undefined)
  return { run, database, file }
}

describe('retention', () => {
  const sweep = async (run: Run, limits: Partial<Arg<'retain'>>): Promise<{ deleted: number; more: boolean }> => {
    const { deleted, more } = await run.client.request('retain', { ...NOTHING, ...limits })
    return { deleted, more }
  }

  it('by age deletes what is finished, and nothing that is unfinished or dead', async () => {
    const { run, database, file } = await withAllKinds()
    const oldest = database.number('SELECT received_at FROM blocks ORDER BY last LIMIT 1')
    await sweep(run, { finishedSince: oldest })
    expect(await numbers(file)).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(await sweep(run, { finishedSince: later(), limit: 2 })).to.deep.equal({ deleted: 2, more: true })
    expect(await numbers(file)).to.deep.equal([3, 4, 5, 6])
    expect(await sweep(run, { finishedSince: later() })).to.deep.equal({ deleted: 2, more: false })
    expect(await numbers(file)).to.deep.equal([4, 5, 6])
  })

  it('deletes what is done behind one that waits for long, which is all that is left then', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: (n) => (n === 1 ? forever() : undefined), two: () => undefined })
    const handled = done(first.bus, 399)
    for (let n = 1; n <= 200; n++) await first.accept(n, `g${n}`)
    await handled
    const database = look(file)
    const behind = (): number => database.number("SELECT max(last) FROM done WHERE plugin = 'one'")
    while (behind() < 200) await first.client.request('probe', undefined)
    expect(database.number('SELECT count(*) FROM done')).to.equal(1)
    expect((await sweep(first, { finishedSince: later() })).deleted).to.equal(199)
    expect(await numbers(file)).to.deep.equal([1])
    await first.die()
    const second = await runEngine(file, { one: forever, two: forever })
    expect(await second.stop()).to.deep.equal({ undelivered: 1 })
  })

  it('never gives the numbers of what it deleted to others, which would count as done', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: (n) => (n === 1 ? forever() : undefined) })
    const handled = done(first.bus, 199)
    for (let n = 1; n <= 200; n++) await first.accept(n, `g${n}`)
    await handled
    const database = look(file)
    while (database.numberIfAny('SELECT max(last) FROM done') !== 200) await first.client.request('probe', undefined)
    expect((await sweep(first, { finishedSince: later() })).deleted).to.equal(199)
    await first.die()
    const second = await runEngine(file, { one: forever })
    for (let n = 201; n <= 203; n++) await second.accept(n, `g${n}`)
    await second.die()
    const third = await runEngine(file, { one: forever })
    expect(await third.stop()).to.deep.equal({ undelivered: 4 })
  })

  it('leaves what waits for a retry', async () => {
    const file = await newFile()
    const retry = { attempts: 2, minMs: 1e8, maxMs: 1e9 }
    const run = await runEngine(file, { one: () => Promise.reject(new Error('broken')) }, { retry })
    await run.accept(1)
    const database = look(file)
    while (database.number('SELECT seq FROM cursors') < 1) await run.client.request('probe', undefined)
    expect(database.number('SELECT count(*) FROM pending')).to.equal(1)
    // Its block goes, and it stays.
    await sweep(run, { finishedSince: later() })
    expect(database.number('SELECT count(*) FROM blocks')).to.equal(0)
    expect(await numbers(file)).to.deep.equal([1])
  })

  it('lets dead letters go at an age of their own, and then what they are about', async () => {
    const { run, database, file } = await withAllKinds()
    await sweep(run, { finishedSince: later(), deadSince: 1 })
    expect(database.number('SELECT count(*) FROM dead_letters')).to.equal(1)
    await sweep(run, { deadSince: later() })
    expect(database.number('SELECT count(*) FROM dead_letters')).to.equal(0)
    await sweep(run, { finishedSince: later() })
    expect(await numbers(file)).to.deep.equal([5, 6])
  })

  it('keeps what was refused as long as dead letters, and what was decided as long as finished callbacks', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const about = { ...ABOUT, receivedAt: 1000, share: 1e9 }
    for (const outcome of ['refused', 'reject']) {
      const row = { ...about, id: outcome, outcome, code: 1, failed: false, error: undefined }
      await run.client.request('recordUndelivered', { ...row, resendWindow: 0 })
    }
    const database = look(file)
    const left = (): unknown[] => database.all('SELECT outcome FROM singles').map(({ outcome }) => outcome)
    await sweep(run, { finishedSince: 1000, deadSince: 1000 })
    expect(left()).to.deep.equal(['refused', 'reject'])
    await sweep(run, { finishedSince: 1001, deadSince: 1000 })
    expect(left()).to.deep.equal(['refused'])
    await sweep(run, { finishedSince: 1000, deadSince: 1001 })
    expect(left()).to.deep.equal([])
  })

  it('keeps a refused callback that was replayed until the plugin has finished it, and no decision can be replayed', async () => {
    const file = await newFile()
    const released = deferred()
    const run = await runEngine(file, { one: () => released.promise })
    await run.delivery.recordUndelivered(callback(1, 'g'), { as: 'refused', error: 'does not fit' })
    await run.delivery.recordUndelivered(callback(2, 'g'), { as: 'decided', outcome: 'reject', code: 1, failed: false })
    const history = read(file)
    const refs = (await history.forward({})).entries.map(({ ref }) => ref)
    expect(await answered(history, { kind: 'replay', plugin: 'one', refs })).to.include({ count: 1, gone: 1 })
    const left = (): unknown[] =>
      look(file)
        .all('SELECT outcome FROM singles')
        .map(({ outcome }) => outcome)
    await sweep(run, { finishedSince: later(), deadSince: later(), size: 1 })
    expect(left()).to.deep.equal(['refused'])
    const handled = run.bus.next('handler:done')
    released.resolve()
    await handled
    await run.stop()
    const again = await runEngine(file, { one: () => undefined })
    await sweep(again, { deadSince: later() })
    expect(left()).to.deep.equal([])
  })

  it('by size deletes what was refused and decided too', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const about = { ...ABOUT, receivedAt: 1000, share: 1e9 }
    for (const outcome of ['refused', 'reject']) {
      const row = { ...about, id: outcome, outcome, code: 1, failed: false, error: undefined }
      await run.client.request('recordUndelivered', { ...row, resendWindow: 0 })
    }
    expect(await sweep(run, { size: 1 })).to.include({ deleted: 2 })
    expect(look(file).all('SELECT outcome FROM singles')).to.deep.equal([])
  })

  it('by size deletes the oldest that are finished, until the store is small enough', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: () => undefined })
    const handled = done(run.bus, 200)
    for (let n = 0; n < 200; n++) await run.accept(n, `${n}${'x'.repeat(10_000)}`)
    await handled
    const database = look(file)
    while (database.number('SELECT seq FROM cursors') < 200) await run.client.request('probe', undefined)
    const size = 1_000_000
    let sweeps = 0
    for (let deleted = 1; deleted > 0; sweeps++) ({ deleted } = await sweep(run, { size, limit: 10 }))
    const left = await numbers(file)
    expect(left.at(-1)).to.equal(199)
    expect(left).to.deep.equal(Array.from({ length: left.length }, (_, index) => 200 - left.length + index))
    // Body and order key of 10 kB each take three pages of 8 kB.
    expect(left.length).to.be.within(35, 45)
    expect(sweeps).to.be.above(10)
  })

  it('gives room back to a disk that is nearly full', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: () => undefined })
    const handled = done(run.bus, 300)
    for (let n = 0; n < 300; n++) await run.accept(n, `${n}${'x'.repeat(10_000)}`)
    await handled
    const database = look(file)
    while (database.number('SELECT seq FROM cursors') < 300) await run.client.request('probe', undefined)
    const pages = database.number('PRAGMA page_count')
    let more = true
    while (more) ({ more } = await sweep(run, { needsRoom: true }))
    expect(await numbers(file)).to.deep.equal([])
    expect(database.number('PRAGMA page_count')).to.be.below(pages / 10)
  })

  it('goes by the disk of the file, of which a part is left to others', async () => {
    expect(leavesReserve({ bavail: 6, blocks: 100 })).to.equal(true)
    expect(leavesReserve({ bavail: 5, blocks: 100 })).to.equal(false)
    expect(leavesReserve({ bavail: 0, blocks: 0 })).to.equal(true)
    const file = await newFile()
    const run = await runEngine(file, { one: () => undefined })
    const handled = done(run.bus, 1)
    await run.accept(1)
    await handled
    const retention = { age: 1e9, size: 1e12, deadLetters: 1e9 }
    const asked: string[] = []
    const hasRoom = async (of: string): Promise<boolean> => {
      asked.push(of)
      return true
    }
    const kept = startRetention(run.client, file, retention, { hasRoom })
    expect(await kept.sweep()).to.equal(0)
    kept.stop()
    expect(asked).to.deep.equal([file])
  })

  it('keeps the newest 100,000 records of a kind', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const database = look(file)
    database.exec(`INSERT INTO records (plugin, kind, at, json)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100005) SELECT 'one', 'a', i, '{}' FROM n`)
    database.exec("INSERT INTO records (plugin, kind, at, json) VALUES ('one', 'b', 0, '{}'), ('two', 'a', 0, '{}')")
    const oldest = (): number => database.number("SELECT min(at) FROM records WHERE plugin = 'one' AND kind = 'a'")
    expect(await sweep(run, { limit: 3 })).to.deep.equal({ deleted: 3, more: true })
    expect(oldest()).to.equal(4)
    expect(await sweep(run, {})).to.deep.equal({ deleted: 2, more: false })
    expect(oldest()).to.equal(6)
    expect(await sweep(run, {})).to.deep.equal({ deleted: 0, more: false })
    expect(database.number('SELECT count(*) FROM records')).to.equal(100_002)
  })

  it('forgets what came of a request after a day', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const database = look(file)
    const day = 86_400_000
    const insert = 'INSERT INTO requests (num, at, request, result) VALUES (?, ?, ?, ?)'
    database.run(insert, 1, Date.now() - day - 1000, '', '{}')
    database.run(insert, 2, Date.now() - day + 60_000, '', '{}')
    await sweep(run, {})
    expect(database.all('SELECT num FROM requests')).to.deep.equal([{ num: 2 }])
  })
})
