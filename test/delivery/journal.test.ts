import { expect } from 'chai'
import { openJournal } from '../../core/delivery/sqlite/journal.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { newFile, runEngine } from './engines.ts'

describe('the journal', () => {
  it('lists what is stored by what has become of it, and has the server retry a dead letter and replay', async () => {
    const file = await newFile()
    let broken = true
    const seen: number[] = []
    const { bus, accept, delivery } = await runEngine(file, {
      one: async (n) => {
        if (broken && n === 2) throw new Error('broken')
        seen.push(n)
      },
    })
    const dead = bus.next('callback:dead')
    for (let n = 1; n <= 3; n++) await accept(n, `g${n}`)
    await dead
    await delivery.health()
    const journal = openJournal(file)
    stopAfterTest(async () => journal.close())
    expect(journal.callbacks({ app: 1 }).map(({ seq }) => seq)).to.deep.equal([3, 2, 1])
    const letters = await until(
      () => journal.deadLetters({ plugin: 'one' }),
      (rows) => rows.length > 0,
    )
    expect(letters[0]).to.include({ seq: 2, attempts: 3 })
    expect(journal.callbacks({ plugin: 'one', outcome: 'dead' }).map(({ seq }) => seq)).to.deep.equal([2])
    await until(
      () => journal.callbacks({ outcome: 'waiting' }),
      (rows) => rows.length === 0,
    )
    expect(journal.callbacks({ plugin: 'one', outcome: 'done' }).map(({ seq }) => seq)).to.deep.equal([3, 1])

    broken = false
    const retried = bus.next('handler:done')
    const num = journal.request({ kind: 'retry', nums: [Number(letters[0]?.['num'])] })
    await retried
    expect(journal.result(num)).to.deep.equal({ count: 1 })
    expect(journal.deadLetters()).to.deep.equal([])
    const replayed = bus.next('handler:done')
    journal.request({ kind: 'replay', plugin: 'one', ids: [String(journal.callbacks({ limit: 1 })[0]?.['id'])] })
    await replayed
    expect(seen.toSorted((one, other) => one - other)).to.deep.equal([1, 2, 3, 3])
  })
})

/** Looks again until it fits: the file is all that the two have in common. */
async function until<T>(look: () => T, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = look()
    if (fits(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
