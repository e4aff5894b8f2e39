import { expect } from 'chai'
import { deferred } from '../../../../harness/plugin.ts'
import { done, newFile, runEngine } from '../run-sqlite.ts'
import { pages, until } from '../../../contract/histories.ts'
import { ALL, COUNT, forever, later, listed, look, read, turn, withOne } from '../tick-batches.ts'

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1)

describe('callbacks that came in one turn', () => {
  it('are stored in one row', async () => {
    const { run, file, database } = await withOne(() => undefined)
    await turn(run)
    expect(database.all('SELECT first, last FROM blocks')).to.deep.equal([{ first: 1, last: COUNT }])
    expect(await listed(read(file))).to.deep.equal(upTo(COUNT))
  })

  it('are stored in several where they are many', async () => {
    const { run, database } = await withOne(() => undefined)
    const all = done(run.bus, 300)
    await turn(run, 1, 300)
    await all
    const counts = database.all('SELECT last - first + 1 AS count FROM blocks').map(({ count }) => count)
    expect(counts).to.deep.equal([128, 128, 44])
  })

  it('are delivered again after a crash from where the plugin was, and those alone', async () => {
    const file = await newFile()
    const stuck = deferred()
    const first = await runEngine(file, {
      one(n) {
        if (n === 5) stuck.resolve()
        return n >= 5 ? forever() : undefined
      },
    })
    await turn(first)
    await stuck.promise
    const database = look(file)
    while (database.number('SELECT seq FROM cursors') < 4) await first.client.request('probe', undefined)
    await first.die()
    const seen: number[] = []
    const second = await runEngine(file, { one: (n) => void seen.push(n) })
    await done(second.bus, 6)
    expect(seen.toSorted((a, b) => a - b)).to.deep.equal([5, 6, 7, 8, 9, 10])
    expect(await second.stop()).to.deep.equal({ undelivered: 0 })
  })

  it('are read again without those that are done beyond the cursor', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: (n) => (n === 3 ? forever() : undefined) })
    const nine = done(first.bus, 9)
    await turn(first)
    await nine
    const database = look(file)
    while (database.number('SELECT max(last) FROM done') < 10) await first.client.request('probe', undefined)
    await first.die()
    const seen: number[] = []
    const second = await runEngine(file, { one: (n) => void seen.push(n) })
    await done(second.bus, 1)
    const next = done(second.bus, 1)
    await turn(second, 11, 1)
    await next
    expect(seen).to.deep.equal([3, 11])
  })

  it('are read from a block in parts, as many as are wanted', async () => {
    const { run } = await withOne(() => undefined)
    await turn(run)
    const part = await run.client.request('page', { plugin: 'one', after: 2, limit: 3 })
    expect(part.rows.map(({ seq }) => seq)).to.deep.equal([3, 4, 5])
    expect(part).to.include({ scanned: 5, end: false })
    const rest = await run.client.request('page', { plugin: 'one', after: 5, limit: 9 })
    expect(rest.rows.map(({ seq }) => seq)).to.deep.equal([6, 7, 8, 9, 10])
    expect(rest).to.include({ scanned: 10, end: true })
  })

  it('are counted as waiting at the start, by plugin, from the middle of a block on', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: (n) => (n > 4 ? forever() : undefined), two: forever })
    await turn(first)
    await turn(first, 11)
    await turn(first, 21)
    const database = look(file)
    const cursor = (): number => database.number("SELECT seq FROM cursors WHERE plugin = 'one'")
    while (cursor() < 4) await first.client.request('probe', undefined)
    await first.die()
    const second = await runEngine(file, { one: forever, two: forever })
    expect(await second.stop()).to.deep.equal({ undelivered: 56 })
  })

  it('are deleted together, as few at a time as may be', async () => {
    const { run, database } = await withOne(() => undefined)
    const thirty = done(run.bus, 3 * COUNT)
    for (const first of [1, 11, 21]) await turn(run, first)
    await thirty
    while (database.number('SELECT seq FROM cursors') < 3 * COUNT) await run.client.request('probe', undefined)
    const limits = { ...ALL, finishedSince: later(), limit: 5 }
    expect(await run.client.request('retain', limits)).to.include({ deleted: COUNT, more: true })
    expect(database.all('SELECT first FROM blocks')).to.deep.equal([{ first: 11 }, { first: 21 }])
  })

  it('are listed page by page, both ways, without their neighbours where a filter wants few', async () => {
    const { run, file } = await withOne((n) => {
      if (n % 5 === 0) throw new Error('broken')
    })
    const dead = new Promise<void>((resolve) => {
      let left = 4
      run.bus.on('callback:dead', () => void (--left === 0 && resolve()))
    })
    await turn(run)
    await turn(run, 11)
    await dead
    const history = read(file)
    await until(
      () => history.deadLetters(),
      ({ length }) => length === 4,
    )
    await until(
      () => history.forward({ outcome: 'done' }),
      ({ entries }) => entries.length === 16,
    )
    const { entries } = await history.forward({})
    const ids = entries.map(({ id }) => id)
    expect(ids).to.have.length(20)
    expect(await pages(history, 'forward', { limit: 3 })).to.deep.equal(ids)
    expect(await pages(history, 'backward', { limit: 3 })).to.deep.equal(ids.toReversed())
    expect(await listed(history, { outcome: 'dead' })).to.deep.equal([5, 10, 15, 20])
    expect(await pages(history, 'backward', { outcome: 'dead', limit: 1 })).to.have.length(4)
    expect(await pages(history, 'forward', { outcome: 'done', limit: 7 })).to.have.length(16)
    expect(await pages(history, 'forward', { outcome: 'waiting' })).to.deep.equal([])
    expect((await history.deadLetters({ command: 'Group.CallbackAfterGroupFull' })).length).to.equal(4)
    expect((await history.deadLetters({ command: 'Other' })).length).to.equal(0)
  })

  it('keep apart whatever a group is called', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: forever })
    const groups = ['\ud83d', '\u0000"', '\ude00😀', 'ç\\', '']
    await Promise.all(groups.map((group, index) => first.accept(index + 1, group)))
    await first.die()
    const seen: unknown[] = []
    const second = await runEngine(file, { one: (n, _attempt, _resends, { body }) => void seen.push([n, body]) })
    await done(second.bus, groups.length)
    const expected = groups.map((GroupId, index) => [index + 1, { GroupId, EventTime: index + 1 }])
    expect(seen).to.have.deep.members(expected)
  })

  it('are listed as waiting from the middle of a block on', async () => {
    const { run, file, database } = await withOne((n) => (n < 4 ? undefined : forever()))
    const three = done(run.bus, 3)
    await turn(run)
    await three
    while (database.number('SELECT seq FROM cursors') < 3) await run.client.request('probe', undefined)
    expect(await listed(read(file), { outcome: 'waiting' })).to.deep.equal([4, 5, 6, 7, 8, 9, 10])
    expect(await pages(read(file), 'backward', { outcome: 'waiting', limit: 2 })).to.have.length(7)
  })

  it('are found by their ids', async () => {
    const { run, file } = await withOne(() => undefined)
    await turn(run)
    await turn(run, 11)
    const history = read(file)
    const { entries } = await history.forward({})
    const wanted = [entries[3], entries[16]].flatMap((entry) => entry?.id ?? [])
    const found = await history.find([...wanted, '0'.repeat(22)], { bodies: true })
    expect(found.map(({ id }) => id)).to.deep.equal(wanted)
    expect(found.map(({ body }) => body?.raw)).to.deep.equal(
      [4, 17].map((n) => JSON.stringify({ GroupId: `g${(n - 1) % 10}`, EventTime: n })),
    )
  })

  it('can be replayed one by one', async () => {
    const seen: number[] = []
    const { run, file, database } = await withOne((n) => void seen.push(n))
    const ten = done(run.bus, COUNT)
    await turn(run)
    await ten
    while (database.number('SELECT seq FROM cursors') < COUNT) await run.client.request('probe', undefined)
    const history = read(file)
    const again = done(run.bus, 2)
    const request = await history.request({ kind: 'replay', plugin: 'one', refs: ['3', '9', '11'] })
    await again
    expect(seen.slice(COUNT)).to.have.members([3, 9])
    expect(await history.result(request)).to.include({ count: 2, waiting: 0, gone: 1, foreign: 0 })
  })
})

describe('a plugin of which there is only one callback, behind thousands of others', () => {
  /** The plugin `one` has had nothing yet: 12,000 that are not its own, and then one that is. */
  async function far(): Promise<string> {
    const file = await newFile()
    const first = await runEngine(file, { one: forever, two: forever })
    await first.die()
    const database = look(file)
    const head = (command: string): string =>
      `json_array(json_array(0, 1, 1, 0, 'id', 'identity', '${command}', 0, 0, 2))`
    const insert = 'INSERT INTO blocks (last, first, received_at, id, sets, heads, bodies)'
    database.exec(`${insert} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
      SELECT i, i, 1, 'id', '[[["two"],1]]', ${head('A.B')}, '{}' FROM n`)
    database.exec(`${insert} VALUES (12001, 12001, 1, 'id', '[[["one"],1]]', ${head('A.C')}, '{}')`)
    database.exec("UPDATE cursors SET seq = 12001 WHERE plugin = 'two'")
    return file
  }

  it('gets it', async () => {
    const run = await runEngine(await far(), { one: () => undefined, two: () => undefined })
    await done(run.bus, 1)
    expect(await run.stop()).to.deep.equal({ undelivered: 0 })
  })

  it('does not have the others look through all of them at once', async () => {
    const run = await runEngine(await far(), { two: () => undefined })
    const { rows, scanned, end } = await run.client.request('page', { plugin: 'one', after: 0, limit: 500 })
    expect([rows, scanned, end]).to.deep.equal([[], 5000, false])
    const now = Date.now()
    expect(await run.client.request('deadLetterRemoved', { plugin: 'none', now, limit: 500, error: '' })).to.include({
      end: false,
    })
  })

  it('makes it a dead letter if the plugin is no longer in the config', async () => {
    const file = await far()
    const run = await runEngine(file, { two: () => undefined })
    const history = read(file)
    const letters = await until(
      () => history.deadLetters(),
      ({ length }) => length > 0,
    )
    expect(letters.map(({ plugin, callback }) => [plugin, callback.ref])).to.deep.equal([['one', '12001']])
    const database = look(file)
    while (database.number("SELECT count(*) FROM cursors WHERE plugin = 'one'") > 0) {
      await run.client.request('probe', undefined)
    }
  })
})
