import { expect } from 'chai'
import { Database } from '../../../../../core/store/sqlite/database.ts'
import { stopAfterTest } from '../../../../harness/hooks.ts'
import { deferred } from '../../../../harness/plugin.ts'
import { done, newFile, type Run, runEngine } from '../run-sqlite.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

function look(file: string): Database {
  const database = new Database(file)
  stopAfterTest(async () => database.close())
  return database
}

/** Runs until a callback is under way, and dies. */
async function dieOver(file: string, before: (run: Run) => Promise<void> = async () => undefined): Promise<void> {
  const started = deferred()
  const run = await runEngine(file, {
    one: () => {
      started.resolve()
      return forever()
    },
  })
  await before(run)
  await started.promise
  await run.die()
}

describe('the rows of the sqlite engine', () => {
  it('count crashes in a row, which a clean stop ends', async () => {
    const file = await newFile()
    await dieOver(file, (run) => run.accept(1))
    await dieOver(file)
    const between = await runEngine(file, { one: forever })
    await between.stop()
    const database = look(file)
    const mark = (): number => database.number("SELECT value FROM meta WHERE name = 'clean'")
    expect(mark()).to.equal(1)
    const again = await runEngine(file, { one: forever })
    expect(mark()).to.equal(0)
    await again.die()
    await dieOver(file)
    const last = await runEngine(file, { one: () => undefined })
    await done(last.bus, 1)
  })

  it('are in one place only after a crash, whatever had been written of what is done ahead of the cursor', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: forever })
    for (const n of [1, 2, 3, 4]) await run.accept(n, `g${n}`)
    const letter = { attempts: 1, error: 'over', at: 0, isFault: false }
    const changes = [['pending', 2, { attempt: 2, dueAt: 0 }] as const, ['finished', 3] as const]
    await run.client.request('settle', [{ plugin: 'one', changes: [...changes, ['dead', 4, letter]] }])
    const { rows } = await run.client.request('page', { plugin: 'one', after: 0, limit: 10 })
    expect(rows.map(({ seq }) => seq)).to.deep.equal([1])
  })

  it('count a resend that comes while the first is being stored, which it is acknowledged after', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: () => undefined })
    const order: string[] = []
    await Promise.all([
      run.accept(1).then(() => order.push('first')),
      run.accept(1).then(() => order.push('again')),
      run.accept(1).then(() => order.push('and again')),
    ])
    expect(order[0]).to.equal('first')
    await run.stop()
    const counted = look(file)
      .all('SELECT times FROM resends')
      .map(({ times }) => times)
    expect(counted).to.deep.equal([2])
  })

  it('never give a number twice, though all that had one were deleted', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: () => undefined })
    const handled = done(first.bus, 3)
    for (let n = 1; n <= 3; n++) await first.accept(n)
    await handled
    const database = look(file)
    while (database.number('SELECT seq FROM cursors') < 3) await first.client.request('probe', undefined)
    const limits = { finishedSince: Date.now() + 1000, deadSince: 0, size: 1e15, needsRoom: false, limit: 100 }
    expect((await first.client.request('retain', limits)).deleted).to.equal(3)
    await first.die()
    const second = await runEngine(file, { one: () => undefined })
    const next = done(second.bus, 1)
    await second.accept(4)
    await next
    expect(database.number('SELECT max(last) FROM blocks')).to.be.above(3)
  })

  it('do not pile up where a plugin is through', async () => {
    const file = await newFile()
    const release = deferred()
    const { bus, accept, client } = await runEngine(file, { one: (n) => (n === 1 ? release.promise : undefined) })
    const some = done(bus, 2)
    const all = done(bus, 3)
    for (let n = 1; n <= 3; n++) await accept(n, `g${n}`)
    await some
    const database = look(file)
    while (database.number('SELECT max(last) FROM done') < 3) await client.request('probe', undefined)
    release.resolve()
    await all
    while (database.number('SELECT seq FROM cursors') < 3) await client.request('probe', undefined)
    expect(database.number('SELECT count(*) FROM done')).to.equal(0)
  })

  it('make no dead letter of what a removed plugin had done, and one of each of the rest', async () => {
    const file = await newFile()
    const first = await runEngine(file, { old: (n) => (n === 1 ? forever() : undefined) })
    const handled = done(first.bus, 2)
    for (let n = 1; n <= 3; n++) await first.accept(n, `g${n}`)
    await handled
    await first.stop()
    const second = await runEngine(file, {})
    await second.bus.next('backlog:dead')
    const database = look(file)
    expect(database.all('SELECT seq FROM dead_letters')).to.deep.equal([{ seq: 1 }])
    // What could not be written is written again, and may be there already.
    const dead = ['dead', 1, { attempts: 1, error: 'again', at: 0, isFault: false }] as const
    await second.client.request('settle', [{ plugin: 'old', changes: [dead, dead] }])
    expect(database.number('SELECT count(*) FROM dead_letters')).to.equal(1)
  })
})
