import { expect } from 'chai'
import { callback, done, newFile, runEngine } from '../run-sqlite.ts'
import { answered, pages, until } from '../../../contract/histories.ts'
import { ALL, COUNT, forever, later, listed, look, read, SOON, turn, withOne } from '../tick-batches.ts'

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
    while (database.number('SELECT seq FROM cursors') < COUNT) await run.client.request('probe', undefined)
    expect(await run.client.request('retain', { ...ALL, finishedSince: later() })).to.include({ deleted: COUNT })
    return { ...made, seen }
  }

  it('outlives it, and is listed and found as before', async () => {
    const { run, file } = await alone()
    const history = read(file)
    expect(await listed(history)).to.deep.equal([3])
    const [entry] = (await history.forward({})).entries
    expect(entry).to.include({ ref: '3' })
    expect(entry?.plugins).to.deep.equal([{ id: 'one', outcome: 'dead' }])
    expect(await history.find([entry?.id ?? ''])).to.deep.equal([entry])
    expect((await history.deadLetters()).map(({ callback }) => callback.ref)).to.deep.equal(['3'])
    const at = entry?.receivedAt ?? 0
    expect(await listed(history, { since: at, until: at + 1 })).to.deep.equal([3])
    expect(await listed(history, { since: at + 1 })).to.deep.equal([])
    const { place } = await history.forward({})
    await turn(run, 11)
    expect(await listed(history)).to.deep.equal([3, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])
    expect(await pages(history, 'backward', { limit: 2 })).to.have.length(11)
    expect(await pages(history, 'forward', { limit: 2 })).to.have.length(11)
    expect((await history.forward({}, place)).entries).to.have.length(10)
    expect(await listed(history, { since: (entry?.receivedAt ?? 0) - 1, limit: 1 })).to.deep.equal([3])
  })

  it('is delivered where its dead letter is tried again, and then goes', async () => {
    const { run, file, database, seen } = await alone()
    const history = read(file)
    const [letter] = await history.deadLetters()
    const again = done(run.bus, 1)
    await history.request({ kind: 'retry', refs: [letter?.ref ?? ''] })
    await again
    expect(seen.at(-1)).to.equal(3)
    while (database.number('SELECT count(*) FROM pending') > 0) await run.client.request('probe', undefined)
    expect(await listed(history)).to.deep.equal([])
  })

  it('goes with its dead letter, whether that is dropped or too old', async () => {
    for (const go of ['drop', 'age']) {
      const { run, file } = await alone()
      const history = read(file)
      const [letter] = await history.deadLetters()
      if (go === 'drop') await answered(history, { kind: 'drop', refs: [letter?.ref ?? ''] })
      else await run.client.request('retain', { ...ALL, deadSince: later() })
      expect(await listed(history)).to.deep.equal([])
    }
  })

  it('stays as long as another plugin needs it', async () => {
    const file = await newFile()
    let calls = 0
    const broken = (): never => {
      throw new Error('broken')
    }
    const one = (): unknown => (++calls > 1 ? forever() : broken())
    const run = await runEngine(file, { one, two: broken, three: broken }, SOON)
    await run.accept(1)
    const history = read(file)
    const letters = await until(
      () => history.deadLetters(),
      ({ length }) => length === 3,
    )
    const database = look(file)
    while (database.number('SELECT min(seq) FROM cursors') < 1) await run.client.request('probe', undefined)
    await run.client.request('retain', { ...ALL, finishedSince: later() })
    const of = (plugin: string): string[] => letters.filter((letter) => letter.plugin === plugin).map(({ ref }) => ref)
    await answered(history, { kind: 'drop', refs: of('two') })
    expect(await listed(history)).to.deep.equal([1])
    await answered(history, { kind: 'retry', refs: of('one') })
    await answered(history, { kind: 'drop', refs: of('three') })
    expect(await listed(history)).to.deep.equal([1])
    expect(calls).to.equal(2)
  })

  it('keeps its number to itself, though the server did not end well', async () => {
    const { run, file, database } = await alone()
    database.run('DELETE FROM cursors')
    await run.die()
    const second = await runEngine(file, { one: () => undefined })
    await second.accept(11)
    expect(database.number('SELECT max(last) FROM blocks')).to.equal(4)
  })

  it('is forgotten with the resends that were counted for it', async () => {
    const { run, database } = await alone()
    await run.accept(3, 'g2')
    await run.accept(4, 'g3')
    while (database.number('SELECT count(*) FROM resends') < 2) await run.client.request('probe', undefined)
    await run.client.request('retain', ALL)
    expect(database.all('SELECT seq FROM resends')).to.deep.equal([{ seq: 3 }])
    await run.client.request('retain', { ...ALL, deadSince: later() })
    expect(database.number('SELECT count(*) FROM resends')).to.equal(0)
  })

  it('is not delivered once it is erased, where it was refused and replayed', async () => {
    const file = await newFile()
    const run = await runEngine(file, { one: forever })
    await run.delivery.recordUndelivered(callback(1, 'g'), { as: 'refused', error: 'does not fit' })
    const history = read(file)
    const { entries } = await history.forward({})
    const refs = entries.map(({ ref }) => ref)
    expect(await answered(history, { kind: 'replay', plugin: 'one', refs })).to.include({ count: 1 })
    await run.die()
    await history.erase({ callbacks: entries, records: [] })
    expect(await listed(history)).to.deep.equal([])
    const again = await runEngine(file, { one: forever })
    expect(await again.stop()).to.deep.equal({ undelivered: 0 })
  })
})
