import { expect } from 'chai'
import { Database } from '../../../../core/store/sqlite/database.ts'
import { deferred } from '../../../harness/plugin.ts'
import { done, newFile, runEngine } from './run-sqlite.ts'

const forever = (): Promise<void> => new Promise(() => undefined)

describe('a restart of the sqlite engine', () => {
  it('delivers what was left, in order, page by page, and counts it at the stop', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: forever })
    await Promise.all(Array.from({ length: 2500 }, (_, n) => first.accept(n, `g${n % 7}`)))
    expect(await first.stop()).to.deep.equal({ undelivered: 2500 })
    const seen: number[] = []
    const all = deferred()
    const second = await runEngine(file, {
      one: (n) => {
        seen.push(n)
        if (seen.length === 2500) all.resolve()
      },
    })
    await all.promise
    expect(await second.stop()).to.deep.equal({ undelivered: 0 })
    for (let group = 0; group < 7; group++) {
      const ofGroup = seen.filter((n) => n % 7 === group)
      expect(ofGroup).to.deep.equal(ofGroup.toSorted((one, other) => one - other))
    }
    expect(new Set(seen).size).to.equal(2500)
  })

  for (const ordered of [false, true]) {
    it(`keeps the order of a group with a long backlog, with ordered: ${ordered}`, async () => {
      const file = await newFile()
      const started = deferred()
      const seen: number[] = []
      const seventh = (n: number): Promise<void> | undefined => {
        seen.push(n)
        if (n < 7) return undefined
        started.resolve()
        return forever()
      }
      const first = await runEngine(file, { one: seventh }, { ordered })
      await Promise.all(Array.from({ length: 60 }, (_, index) => first.accept(index + 1)))
      await started.promise
      await first.stop()
      const second = await runEngine(file, { one: (n) => void seen.push(n) }, { ordered })
      await done(second.bus, 54)
      const rest = Array.from({ length: 54 }, (_, index) => index + 7)
      expect(seen).to.deep.equal([1, 2, 3, 4, 5, 6, 7, ...rest])
    })
  }

  it('goes on with retries, and an ordered one still holds up its key', async () => {
    const file = await newFile()
    const retry = { attempts: 1000, minMs: 100, maxMs: 100 }
    const more = { ordered: true, retry }
    let failures = 0
    const fail = async (): Promise<void> => {
      failures++
      throw new Error('not now')
    }
    const first = await runEngine(file, { one: fail }, more)
    const failed = first.bus.next('handler:failed')
    await first.accept(1)
    await failed
    await first.accept(2)
    await first.stop()
    const seen: [number, number][] = []
    const second = await runEngine(file, { one: (n, attempt) => void seen.push([n, attempt]) }, more)
    await done(second.bus, 2)
    expect(seen).to.deep.equal([
      [1, failures + 1],
      [2, 1],
    ])
  })

  it('recognises resends of before, and counts them', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: () => undefined })
    const handled = done(first.bus, 1)
    await first.accept(1)
    await first.accept(1)
    await handled
    await first.stop()
    const second = await runEngine(file, { one: () => undefined })
    const resent = second.bus.next('callback:resent')
    await second.accept(1)
    expect(await resent).to.include({ resends: 2 })
    await second.stop()
    const database = new Database(file)
    expect(database.number('SELECT times FROM resends')).to.equal(2)
    database.close()
  })

  it('gives a new plugin what comes next, and makes dead letters of what waits for a removed one', async () => {
    const file = await newFile()
    const first = await runEngine(file, { old: forever })
    await first.accept(1)
    await first.accept(2)
    await first.stop()
    const seen: number[] = []
    const second = await runEngine(file, { new: (n) => void seen.push(n) })
    expect(await second.bus.next('backlog:dead')).to.include({ plugin: 'old', count: 2 })
    const handled = done(second.bus, 1)
    await second.accept(3)
    await handled
    expect(seen).to.deep.equal([3])
  })
})
