import { expect } from 'chai'
import type { Callback } from '../../../../../core/callback/callback.ts'
import type { Change } from '../../../../../core/delivery/callback-log.ts'
import type { UndeliveredRow } from '../../../../../core/delivery/engines/sqlite/worker/messages.ts'
import type { Limits, Retained } from '../../../../../core/delivery/engines/sqlite/worker/retain.ts'
import { sharesOf } from '../../../../../core/delivery/retention-shares.ts'
import { Bus } from '../../../../../core/observe/bus.ts'
import { createLogger } from '../../../../../core/observe/log.ts'
import { logEvents } from '../../../../../core/observe/log-events.ts'
import type { Database } from '../../../../../core/store/sqlite/database.ts'
import { eventsOf } from '../../../../harness/server.ts'
import { callback, done, newFile, recovered, type Run, runEngine } from '../run-sqlite.ts'
import { ALL, look, withOne } from '../tick-batches.ts'

const UNDELIVERED: Omit<UndeliveredRow, 'id'> = {
  sdkAppId: 1,
  command: 'A.B',
  receivedAt: 1000,
  signed: true,
  query: '',
  raw: 'x'.repeat(20_000),
  outcome: 'refused',
  code: 0,
  failed: false,
  error: 'does not fit',
  expendable: false,
}

async function keep(run: Run, id: string, more: Partial<UndeliveredRow>, share = 1e9): Promise<number> {
  return run.client.request('recordUndelivered', { ...UNDELIVERED, ...more, id, share, resendWindow: 0 })
}

function deadLetter(seq: number, isFault: boolean): Change {
  return ['dead', seq, { attempts: 0, error: isFault ? 'a fault' : 'broken', at: Date.now(), isFault }]
}

async function retain(run: Run, limits: Partial<Limits>): Promise<Retained> {
  return run.client.request('retain', { ...ALL, ...limits })
}

function signed(n: number, more: Partial<Callback> = {}): Callback {
  const one = callback(n, `g${n}`)
  return { ...one, raw: one.raw.replace('}', `,"text":"${'x'.repeat(20_000)}"}`), signed: true, ...more }
}

/** Numbers of callbacks that are stored, and ids of what is kept. */
function left(database: Database): unknown[] {
  const blocks = database.all('SELECT last AS it FROM blocks ORDER BY last')
  const kept = database.all('SELECT id AS it FROM singles WHERE outcome IS NOT NULL ORDER BY seq')
  const letters = database.all("SELECT 'letter ' || seq AS it FROM dead_letters ORDER BY num")
  return [...blocks, ...kept, ...letters].map(({ it }) => it)
}

describe('room in a sqlite file', () => {
  it('is made in this order: refused, finished of unsigned apps and unknown commands, finished, dead letters for faults', async () => {
    const { run, database } = await withOne(() => undefined)
    await keep(run, 'decided', { outcome: 'reject', receivedAt: Date.now() - 1000 })
    const handled = done(run.bus, 4)
    await run.take(signed(1))
    await run.take(signed(2, { signed: false }))
    await run.take(signed(3, { command: 'Group.CallbackAfterSomethingNew' }))
    await run.take(signed(4))
    await handled
    while (database.number('SELECT seq FROM cursors') < 5) await run.client.request('probe', undefined)
    const changes = [deadLetter(2, true), deadLetter(5, false)]
    await run.client.request('settle', [{ plugin: 'one', changes }])
    await keep(run, 'refused', {})
    await keep(run, 'decided of an unsigned app', { outcome: 'reject', expendable: true, receivedAt: Date.now() })
    const gone: unknown[] = []
    const evicted = { refused: 0, finished: 0, faults: 0 }
    for (let before = left(database), more = true; more;) {
      const one = await retain(run, { needsRoom: true, limit: 1 })
      const now = left(database)
      gone.push(...before.filter((it) => !now.includes(it)))
      for (const kind of ['refused', 'finished', 'faults'] as const) evicted[kind] += one.evicted[kind]
      before = now
      more = gone.length < 8
    }
    expect(gone).to.deep.equal(['refused', 3, 4, 'decided of an unsigned app', 'decided', 2, 5, 'letter 2'])
    expect(left(database)).to.deep.equal(['letter 5'])
    expect(evicted).to.deep.equal({ refused: 1, finished: 6, faults: 1 })
  })

  it('is made by deleting no more than needed', async () => {
    const run = await runEngine(await newFile(), {})
    for (let n = 0; n < 20; n++) await keep(run, `${n}`, { raw: 'x'.repeat(900_000), outcome: 'reject' })
    const { evicted } = await retain(run, { size: 10_000_000 })
    expect(evicted.finished).to.be.within(9, 10)
  })

  it('has a quota for refused callbacks; the app that uses most of it loses its oldest', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const share = 5 * 20_300
    await keep(run, 'other', { sdkAppId: 2 }, share)
    let went = 0
    for (let n = 0; n < 100; n++) went += await keep(run, `${n}`, {}, share)
    expect(left(look(file))).to.deep.equal(['other', '96', '97', '98', '99'])
    expect(went).to.equal(96)
    expect(sharesOf(4 * 1024 ** 3)).to.deep.equal({ refused: 64 * 1024 ** 2, faults: (4 * 1024 ** 3) / 10 })
    expect(sharesOf(1e6).refused).to.equal(50_000)
  })

  it('has a quota for dead letters for faults, in which a callback counts once; others are never evicted', async () => {
    const { run, database } = await withOne(() => undefined)
    const handled = done(run.bus, 20)
    for (let n = 1; n <= 20; n++) await run.take(signed(n))
    await handled
    for (let n = 1; n <= 20; n++) {
      const changes = [deadLetter(n, n > 2)]
      await run.client.request('settle', [
        { plugin: 'one', changes },
        { plugin: 'two', changes },
      ])
    }
    await retain(run, { size: 10 * 5 * 20_300 })
    const letters = database.all("SELECT seq FROM dead_letters WHERE plugin = 'one'").map(({ seq }) => seq)
    expect(letters).to.deep.equal([1, 2, 16, 17, 18, 19, 20])
    expect(database.number("SELECT bytes FROM shares WHERE kind = 'fault'")).to.be.within(5 * 20_000, 5 * 20_300)
    await run.client.request('retain', { ...ALL, size: 1 })
    expect(database.number('SELECT count(*) FROM dead_letters')).to.equal(4)
    expect(database.number("SELECT bytes FROM shares WHERE kind = 'fault'")).to.equal(0)
  })

  it('lists what is left when the callbacks around it are deleted', async () => {
    const { run, database, file } = await withOne((n) => {
      if (n === 2) throw new Error('broken')
    })
    const settled = Promise.all([done(run.bus, 3), run.bus.next('callback:dead')])
    for (let n = 1; n <= 4; n++) await run.take(signed(n, { signed: n === 1 || n === 4 }))
    await settled
    while (database.number('SELECT seq FROM cursors') < 4) await run.client.request('probe', undefined)
    await retain(run, { size: 1, limit: 2 })
    expect(database.all('SELECT last FROM blocks')).to.deep.equal([{ last: 1 }, { last: 4 }])
    const { openSqliteHistory } = await import('../../../../../core/delivery/engines/sqlite/history/history.ts')
    const history = openSqliteHistory(file)
    const refs = async (direction: 'forward' | 'backward', since?: number): Promise<string[]> =>
      (await history[direction]({ ...(since !== undefined && { since }) })).entries.map(({ ref }) => ref)
    expect(await refs('forward')).to.deep.equal(['1', '2', '4'])
    expect(await refs('backward')).to.deep.equal(['4', '2', '1'])
    expect(await refs('forward', Date.now() - 60_000)).to.deep.equal(['1', '2', '4'])
    await history.close()
  })

  it('is made on a full disk by evicting refused callbacks, and the bus gets an event', async () => {
    const run = await runEngine(await newFile(), { one: () => undefined })
    const events = (['store:full', 'store:room', 'history:shortened'] as const).map((name) => eventsOf(run.bus, name))
    await run.client.request('limitPages', { pages: 2000 })
    let count = 0
    const refuse = async (): Promise<unknown> =>
      run.delivery.recordUndelivered(signed(1, { raw: `${count++}${'x'.repeat(16_000)}` }), {
        as: 'refused',
        error: 'does not fit',
      })
    let fault: unknown
    while (fault === undefined) fault = await refuse().catch((error: unknown) => error)
    await recovered(run.delivery)
    await run.accept(2)
    const [full = [], room = [], shortened = []] = events
    expect([full.length, room.length]).to.deep.equal([1, 1])
    expect(shortened[0]).to.have.property('refused').that.is.above(0)
  })

  it('is logged at once, then once an hour', () => {
    const lines: string[] = []
    const bus = new Bus()
    logEvents(bus, createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }))
    const since = Date.UTC(2026, 0, 2)
    for (let n = 0; n < 3; n++) bus.emit('history:shortened', { refused: 1, finished: 2, faults: 0, since })
    bus.emit('store:full', { since })
    bus.emit('store:room', { since: undefined })
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).to.deep.equal([
      'callbacks were deleted early, to make room; history reaches back to 2026-01-02T00:00:00.000Z',
      'the disk of the store is full: after-callbacks get 503; history reaches back to 2026-01-02T00:00:00.000Z',
      'the store has room again: after-callbacks are accepted',
    ])
    expect(JSON.parse(lines[0] ?? '')).to.include({ refused: 1, finished: 2 })
  })
})
