import { expect } from 'chai'
import type { Filter, Journal } from '../../core/delivery/journal.ts'
import { openSqliteJournal } from '../../core/delivery/sqlite/journal.ts'
import { Database } from '../../core/store/database.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { deferred } from '../harness/plugin.ts'
import { done, type Handle, newFile, type Run, runEngine } from './engines.ts'
import { pages, until } from './journals.ts'

const forever = (): Promise<void> => new Promise(() => undefined)
const COUNT = 10
const SOON = { retry: { attempts: 1, minMs: 1, maxMs: 1 } }
const later = (): number => Date.now() + 1000
const ALL = { finishedSince: 0, deadSince: 0, size: 1e15, needsRoom: false, limit: 1000 }

function look(file: string): Database {
  const database = new Database(file)
  stopAfterTest(async () => database.close())
  return database
}

function read(file: string): Journal {
  const journal = openSqliteJournal(file)
  stopAfterTest(() => journal.close())
  return journal
}

/** Numbers from 1 to 10, received in one turn. */
async function turn(run: Run, first = 1, count = COUNT): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => run.accept(first + index, `g${index}`)))
}

async function withOne(handle: Handle): Promise<{ run: Run; file: string; database: Database }> {
  const file = await newFile()
  const run = await runEngine(file, { one: handle }, SOON)
  return { run, file, database: look(file) }
}

/** The numbers that a list has, oldest first. */
async function listed(journal: Journal, filter: Filter = {}): Promise<number[]> {
  const { entries } = await journal.forward({ ...filter, bodies: true })
  return entries.map(({ body }) => (JSON.parse(body?.raw ?? '') as { EventTime: number }).EventTime)
}

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
    while (database.number('SELECT seq FROM cursors') < 4) await first.link.ask('probe', undefined)
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
    while (database.number('SELECT count(*) FROM done') < 7) await first.link.ask('probe', undefined)
    await first.die()
    const seen: number[] = []
    const second = await runEngine(file, { one: (n) => void seen.push(n) })
    await done(second.bus, 1)
    const next = done(second.bus, 1)
    await turn(second, 11, 1)
    await next
    expect(seen).to.deep.equal([3, 11])
  })

  it('are counted as waiting at the start, by plugin, from the middle of a block on', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: (n) => (n > 4 ? forever() : undefined), two: forever })
    await turn(first)
    await turn(first, 11)
    const database = look(file)
    const cursor = (): number => database.number("SELECT seq FROM cursors WHERE plugin = 'one'")
    while (cursor() < 4) await first.link.ask('probe', undefined)
    await first.die()
    const second = await runEngine(file, { one: forever, two: forever })
    expect(await second.stop()).to.deep.equal({ undelivered: 36 })
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
    const journal = read(file)
    await until(
      () => journal.deadLetters(),
      ({ length }) => length === 4,
    )
    await until(
      () => journal.forward({ outcome: 'done' }),
      ({ entries }) => entries.length === 16,
    )
    const { entries } = await journal.forward({})
    const ids = entries.map(({ id }) => id)
    expect(ids).to.have.length(20)
    expect(await pages(journal, 'forward', { limit: 3 })).to.deep.equal(ids)
    expect(await pages(journal, 'backward', { limit: 3 })).to.deep.equal(ids.toReversed())
    expect(await listed(journal, { outcome: 'dead' })).to.deep.equal([5, 10, 15, 20])
    expect(await pages(journal, 'backward', { outcome: 'dead', limit: 1 })).to.have.length(4)
    expect(await pages(journal, 'forward', { outcome: 'done', limit: 7 })).to.have.length(16)
    expect(await pages(journal, 'forward', { outcome: 'waiting' })).to.deep.equal([])
    expect((await journal.deadLetters({ command: 'Group.CallbackAfterGroupFull' })).length).to.equal(4)
    expect((await journal.deadLetters({ command: 'Other' })).length).to.equal(0)
  })

  it('are found by their ids', async () => {
    const { run, file } = await withOne(() => undefined)
    await turn(run)
    await turn(run, 11)
    const journal = read(file)
    const { entries } = await journal.forward({})
    const wanted = [entries[3], entries[16]].flatMap((entry) => entry?.id ?? [])
    const found = await journal.find([...wanted, '0'.repeat(22)], { bodies: true })
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
    while (database.number('SELECT seq FROM cursors') < COUNT) await run.link.ask('probe', undefined)
    const journal = read(file)
    const again = done(run.bus, 2)
    const request = await journal.request({ kind: 'replay', plugin: 'one', refs: ['3', '9', '11'] })
    await again
    expect(seen.slice(COUNT)).to.have.members([3, 9])
    expect(await journal.result(request)).to.deep.equal({ count: 2, waiting: 0, gone: 1, foreign: 0 })
  })
})

describe('what is set apart of a block', () => {
  /** The third is a dead letter, and its block is gone. */
  async function alone(): Promise<Awaited<ReturnType<typeof withOne>> & { seen: number[] }> {
    const seen: number[] = []
    const made = await withOne((n) => {
      seen.push(n)
      if (n === 3 && seen.length <= COUNT) throw new Error('broken')
    })
    const { run, database } = made
    const nine = done(run.bus, 9)
    await turn(run)
    await nine
    while (database.number('SELECT seq FROM cursors') < COUNT) await run.link.ask('probe', undefined)
    expect(await run.link.ask('retain', { ...ALL, finishedSince: later() })).to.include({ deleted: COUNT })
    return { ...made, seen }
  }

  it('outlives it, and is listed and found as before', async () => {
    const { run, file } = await alone()
    const journal = read(file)
    expect(await listed(journal)).to.deep.equal([3])
    const [entry] = (await journal.forward({})).entries
    expect(entry).to.include({ ref: '3' })
    expect(entry?.plugins).to.deep.equal([{ id: 'one', outcome: 'dead' }])
    expect(await journal.find([entry?.id ?? ''])).to.deep.equal([entry])
    expect((await journal.deadLetters()).map(({ callback }) => callback.ref)).to.deep.equal(['3'])
    const { place } = await journal.forward({})
    await turn(run, 11)
    expect(await listed(journal)).to.deep.equal([3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
    expect(await pages(journal, 'backward', { limit: 2 })).to.have.length(11)
    expect(await pages(journal, 'forward', { limit: 2 })).to.have.length(11)
    expect((await journal.forward({}, place)).entries).to.have.length(10)
    expect(await listed(journal, { since: (entry?.receivedAt ?? 0) - 1, limit: 1 })).to.deep.equal([3])
  })

  it('is delivered where its dead letter is tried again, and then goes at the next sweep', async () => {
    const { run, file, database, seen } = await alone()
    const journal = read(file)
    const [letter] = await journal.deadLetters()
    const again = done(run.bus, 1)
    await journal.request({ kind: 'retry', refs: [letter?.ref ?? ''] })
    await again
    expect(seen.at(-1)).to.equal(3)
    while (database.number('SELECT count(*) FROM pending') > 0) await run.link.ask('probe', undefined)
    await run.link.ask('retain', ALL)
    expect(await listed(journal)).to.deep.equal([])
  })

  it('is forgotten with the resends that were counted for it', async () => {
    const { run, database } = await alone()
    await run.accept(3, 'g2')
    await run.accept(4, 'g3')
    while (database.number('SELECT count(*) FROM resends') < 2) await run.link.ask('probe', undefined)
    await run.link.ask('retain', ALL)
    expect(database.all('SELECT seq FROM resends')).to.deep.equal([{ seq: 3 }])
    await run.link.ask('retain', { ...ALL, deadSince: later() })
    expect(database.number('SELECT count(*) FROM resends')).to.equal(0)
  })
})
