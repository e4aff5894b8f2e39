import { expect } from 'chai'
import { done, newFile, runEngine } from './run-sqlite.ts'
import { forever, look, read, turn } from './tick-batches.ts'

describe('a resend of one of several that came in one turn', () => {
  it('is counted on the first one, is listed, and reaches the plugin after a crash', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: forever })
    await turn(first)
    await first.accept(3, 'g2')
    await first.accept(3, 'g2')
    await first.accept(7, 'g6')
    const database = look(file)
    while (database.number('SELECT sum(times) FROM resends') < 3) await first.client.request('probe', undefined)
    await first.die()
    const counts = new Map<number, number>()
    const second = await runEngine(file, { one: (n, _attempt, resends) => void counts.set(n, resends) })
    await done(second.bus, 10)
    expect([...counts].filter(([, resends]) => resends > 0)).to.have.deep.members([
      [3, 2],
      [7, 1],
    ])
    const { entries } = await read(file).forward({})
    expect(entries.map(({ resends }) => resends)).to.deep.equal([0, 0, 2, 0, 0, 0, 1, 0, 0, 0])
  })

  it('is refused at once where it cannot be learnt what has become of the first', async () => {
    const run = await runEngine(await newFile(), { one: () => undefined })
    const request = run.client.request.bind(run.client)
    run.client.request = (name, arg) => (name === 'barrier' ? Promise.reject(new Error('gone')) : request(name, arg))
    const ends = await Promise.allSettled([run.accept(1), run.accept(1)])
    expect(ends.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected'])
  })

  it('is counted for that one after a restart', async () => {
    const file = await newFile()
    const first = await runEngine(file, { one: () => undefined })
    const ten = done(first.bus, 10)
    await turn(first)
    await ten
    await first.stop()
    const second = await runEngine(file, { one: () => undefined })
    await second.accept(4, 'g3')
    await second.accept(10, 'g9')
    await second.stop()
    expect(look(file).all('SELECT seq, times FROM resends')).to.deep.equal([
      { seq: 4, times: 1 },
      { seq: 10, times: 1 },
    ])
  })
})
