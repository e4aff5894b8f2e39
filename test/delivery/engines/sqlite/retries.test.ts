import { expect } from 'chai'
import type { HandlerSpec } from '../../../../core/registry.ts'
import { Database } from '../../../../core/store/sqlite/database.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { deferred } from '../../../harness/plugin.ts'
import { counted } from '../../contract/counted.ts'
import { done, newFile, runEngine } from './run-sqlite.ts'

const forever = (): Promise<void> => new Promise(() => undefined)
const once = (): Promise<void> => Promise.reject(new Error('not now'))

function look(file: string): Database {
  const database = new Database(file)
  stopAfterTest(async () => database.close())
  return database
}

const LONG = { attempts: 3, minMs: 1e8, maxMs: 1e9 }
const retry = { attempts: 3, minMs: 1, maxMs: 600_000 }

/** Has callbacks 1 to `count` fail once, and stops before their retries are due. */
async function leaveRetries(file: string, count: number, more: Partial<HandlerSpec> = {}): Promise<void> {
  const { bus, accept, stop } = await runEngine(file, { one: once }, { ...more, retry: LONG })
  const failed = counted(bus, count, 'handler:failed')
  await Promise.all(Array.from({ length: count }, (_, index) => accept(index + 1, `g${index}`)))
  await failed
  await stop()
}

describe('a retry in the file of the sqlite engine', () => {
  it('is not handed over again while its retry is under way', async () => {
    const under = deferred()
    const release = deferred()
    const attempts: string[] = []
    const { bus, accept } = await runEngine(await newFile(), {
      one: (n, attempt) => {
        attempts.push(`${n} ${attempt}`)
        if (n < 3 && attempt === 1) return once()
        if (n > 1) return undefined
        under.resolve()
        return release.promise
      },
    })
    await accept(1, 'a')
    await under.promise
    const handled = done(bus, 1)
    await accept(2, 'b')
    await handled
    const last = done(bus, 2)
    // It stands behind all that there is of its key.
    await accept(3, 'a')
    release.resolve()
    await last
    expect(attempts).to.deep.equal(['1 1', '1 2', '2 1', '2 2', '3 1'])
  })

  it('is delivered when it is due, also after a restart', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: once }, { retry: LONG })
    const failed = first.bus.next('handler:failed')
    await first.accept(1)
    await failed
    await first.stop()
    const database = look(file)
    const due = Date.now() + 400
    database.run('UPDATE pending SET due_at = ?', due)
    const at = deferred<number>()
    await runEngine(file, { one: () => at.resolve(Date.now()) }, { retry })
    expect(await at.promise).to.be.at.least(due)
  })

  it('is delivered once, even if another one keeps the process busy until more are due', async () => {
    const file = await newFile()
    await leaveRetries(file, 21)
    const database = look(file)
    const later = Date.now() + 300
    database.run('UPDATE pending SET due_at = CASE seq WHEN 21 THEN ? ELSE 1 END', later)
    const seen: number[] = []
    const busy = (n: number): void => {
      seen.push(n)
      while (Date.now() < later);
    }
    const { bus, accept } = await runEngine(file, { one: busy }, { retry })
    await done(bus, 21)
    // Whatever was read twice has been handed over by the time that another one is through.
    const last = done(bus, 1)
    await accept(22, 'g22')
    await last
    expect(seen).to.deep.equal(Array.from({ length: 22 }, (_, index) => index + 1))
  })

  it('is delivered however many are due at once', async () => {
    const file = await newFile()
    await leaveRetries(file, 300)
    look(file).run('UPDATE pending SET due_at = 1')
    const { bus } = await runEngine(file, { one: () => undefined })
    await done(bus, 300)
  })

  for (const ordered of [false, true]) {
    it(`is due after the clock was set back by an hour, with ordered: ${ordered}`, async () => {
      const file = await newFile()
      await leaveRetries(file, 1, { ordered })
      look(file).run('UPDATE pending SET due_at = ?', Date.now() + 3_600_000)
      const { bus } = await runEngine(file, { one: () => undefined }, { ordered, retry })
      await done(bus, 1)
    })
  }

  it('leaves no record of attempts once it is done', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: forever })
    await first.accept(1)
    await first.die()
    const started = deferred()
    const release = deferred()
    const second = await runEngine(file, {
      one: () => {
        started.resolve()
        return release.promise
      },
    })
    const database = look(file)
    const tries = (): number => database.number('SELECT count(*) FROM tries')
    await started.promise
    expect(tries()).to.equal(1)
    const handled = done(second.bus, 1)
    release.resolve()
    await handled
    await second.stop()
    expect(tries()).to.equal(0)
  })

  it('is read in pages that end early if bodies are long', async () => {
    const { accept, client } = await runEngine(await newFile(), { one: forever })
    for (let n = 1; n <= 6; n++) await accept(n, 'x'.repeat(1_500_000))
    const first = await client.request('page', { plugin: 'one', after: 0, limit: 500 })
    expect([first.rows.length, first.scanned, first.end]).to.deep.equal([3, 3, false])
    const rest = await client.request('page', { plugin: 'one', after: 3, limit: 500 })
    expect([rest.rows.length, rest.scanned, rest.end]).to.deep.equal([3, 6, true])
  })

  it('is counted if another process has added it', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: () => undefined })
    const handled = done(first.bus, 2)
    await first.accept(1, 'a')
    await first.accept(2, 'b')
    await handled
    await first.stop()
    const started = deferred()
    const second = await runEngine(file, {
      one: () => {
        started.resolve()
        return forever()
      },
    })
    const database = look(file)
    const request = { kind: 'replay', plugin: 'one', refs: ['1', '2'] }
    database.run('INSERT INTO requests (at, request) VALUES (0, ?)', JSON.stringify(request))
    await started.promise
    expect(await second.stop()).to.deep.equal({ undelivered: 2 })
    expect(database.get('SELECT request, result FROM requests')).to.include({
      request: '',
      result: '{"count":2,"waiting":0,"gone":0,"foreign":0,"outcomes":["count","count"]}',
    })
  })

  it('recognises resends beyond the first page of what came before', async () => {
    const file = await newFile()
    const first = await runEngine(file, {})
    const database = look(file)
    database.exec(`INSERT INTO blocks (last, first, received_at, id, sets, heads, bodies)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
      SELECT i, i, ${Date.now()}, 'id', '[[[],1]]',
        json_array(json_array(0, ${Date.now()}, 1, 0, 'id', printf('%022d', i), 'A.B', 0, 2, 2)), '{}{}' FROM n`)
    await first.stop()
    const second = await runEngine(file, {})
    await second.accept(1)
    await second.stop()
    const third = await runEngine(file, {})
    const resent = third.bus.next('callback:resent')
    await third.accept(1)
    expect(await resent).to.include({ resends: 1 })
  })
})
