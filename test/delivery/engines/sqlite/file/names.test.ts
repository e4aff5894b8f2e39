import { expect } from 'chai'
import type { Filter, History } from '../../../../../core/delivery/history.ts'
import { openFile } from '../../../../../core/delivery/engines/sqlite/file/open-file.ts'
import { retain } from '../../../../../core/delivery/engines/sqlite/worker/retain.ts'
import { callback, done, newFile, type Run, runEngine } from '../run-sqlite.ts'
import { ALL, forever, later, look, read } from '../tick-batches.ts'

/** More than a row of the index has. */
const MANY = 2500

async function store(run: Run, count: number, first = 1): Promise<void> {
  for (let n = first; n < first + count; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => run.accept(n + index, `g${(n + index) % 500}`)))
}

/** The numbers of all pages. */
async function numbers(history: History, direction: 'forward' | 'backward', filter: Filter): Promise<number[]> {
  const found: number[] = []
  for (let place: string | undefined; ;) {
    const page = await history[direction]({ ...filter, bodies: true }, place)
    found.push(...page.entries.map(({ body }) => (JSON.parse(body?.raw ?? '') as { EventTime: number }).EventTime))
    if (page.end) return found
    place = page.place
  }
}

const EXPECTED = [7, 507, 1007, 1507, 2007]

describe('the index of names in an SQLite file', () => {
  it('finds the callbacks of a group while the server runs, after its stop, and after its death', async () => {
    for (const end of ['runs', 'stop', 'die'] as const) {
      const file = await newFile()
      const run = await runEngine(file, { one: forever })
      await store(run, MANY)
      if (end !== 'runs') await run[end]()
      const history = read(file)
      expect(await numbers(history, 'forward', { group: 'g7' }), end).to.deep.equal(EXPECTED)
      expect(await numbers(history, 'backward', { group: 'g7', limit: 2 }), end).to.deep.equal(EXPECTED.toReversed())
      expect(await numbers(history, 'backward', { group: 'g500' }), end).to.deep.equal([])
      const covered = look(file).number('SELECT max(last) FROM names')
      expect(covered, end).to.equal(end === 'runs' ? 2200 : MANY)
    }
  })

  it('reads no body of a callback that cannot match', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: forever })
    await store(run, MANY)
    await run.stop()
    const database = look(file)
    database.run('UPDATE blocks SET bodies = replace(bodies, \'"g8"\', \'"g7"\')')
    expect(await numbers(read(file), 'forward', { group: 'g7' })).to.deep.equal(EXPECTED)
    database.run('DELETE FROM names')
    expect(await numbers(read(file), 'forward', { group: 'g7' })).to.have.length(2 * EXPECTED.length)
  })

  it('may have gaps, where callbacks are found by their bodies', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: forever })
    await store(first, 1000)
    await first.stop()
    look(file).run('DELETE FROM names')
    const run = await runEngine(file, { one: forever })
    await store(run, 1500, 1001)
    expect(await numbers(read(file), 'forward', { group: 'g7' })).to.deep.equal(EXPECTED)
    expect(look(file).number('SELECT min(first) FROM names')).to.equal(1001)
  })

  it('is not torn by undelivered callbacks, which are found among the others, in order', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: forever })
    const rows = (): number => look(file).number('SELECT count(*) FROM names')
    for (const [index, n] of [7, 8, 507, 508].entries()) {
      await run.accept(index, 'g7')
      await run.delivery.recordUndelivered(callback(n, `g${n}`), { as: 'refused', error: 'does not fit' })
    }
    await store(run, 900, 1000)
    expect(rows()).to.equal(0)
    const found = [0, 7, 1, 2, 3, 1007, 1507]
    expect(await numbers(read(file), 'forward', { group: 'g7' })).to.deep.equal(found)
    expect(await numbers(read(file), 'backward', { group: 'g7', limit: 1 })).to.deep.equal(found.toReversed())
    expect(await numbers(read(file), 'forward', { group: 'g7', outcome: 'refused' })).to.deep.equal([7])
    await run.stop()
    expect(rows()).to.equal(1)
  })

  it('goes with the callbacks that it is about', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: async () => undefined })
    const all = done(run.bus, MANY)
    await store(run, MANY)
    await all
    await run.stop()
    const opened = openFile(file)
    retain(opened.database, { ...ALL, finishedSince: later(), limit: 10 * MANY })
    expect(opened.database.number('SELECT count(*) FROM names')).to.equal(0)
    opened.close()
  })

  it('stays where only decisions are recorded, for as long as they do', async () => {
    const file = await newFile()
    const run = await runEngine(file, {})
    const decided = { as: 'decided', outcome: 'reject', code: 1, failed: false } as const
    for (let n = 0; n < 1100; n++) await run.delivery.recordUndelivered(callback(n, `g${n}`), decided)
    await run.stop()
    const opened = openFile(file)
    const { database } = opened
    const rows = (): number => database.number('SELECT count(*) FROM names')
    retain(database, ALL)
    expect(rows()).to.equal(2)
    expect(await numbers(read(file), 'backward', { group: 'g7' })).to.deep.equal([7])
    retain(database, { ...ALL, finishedSince: later(), limit: MANY })
    expect(rows()).to.equal(0)
    opened.close()
  })
})
