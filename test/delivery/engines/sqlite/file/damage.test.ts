import { expect } from 'chai'
import { type New, Packer } from '../../../../../core/delivery/engines/sqlite/blocks/block.ts'
import { readBlock } from '../../../../../core/delivery/engines/sqlite/blocks/read-block.ts'
import { GiveUp } from '../../../../../core/plugin-api/outcome-errors.ts'
import { Database } from '../../../../../core/store/sqlite/database.ts'
import { eventsOf } from '../../../../harness/server.ts'
import { callback, done, newFile, runEngine } from '../run-sqlite.ts'
import { forever, look, read } from '../tick-batches.ts'

const COUNT = 5
type Column = 'sets' | 'heads' | 'bodies'

function news(n: number): New {
  const raw = JSON.stringify({ GroupId: `群${n}`, EventTime: n, text: `你好, naïve 😀 ${n}` })
  const about = { id: `id${n}`, identity: `identity${n}`, sdkAppId: 1, command: 'A.B', receivedAt: 1000 + n }
  return { ...about, plugins: '["one"]', signed: true, maybeResend: false, key: `1 群${n}`, query: 'a=1', raw }
}

/** The bytes of a block's columns, one of them changed. */
function damaged(column: Column, at: number, byte: number): Parameters<typeof readBlock>[0] {
  const packer = new Packer()
  for (let n = 0; n < COUNT; n++) packer.add(news(n))
  const { sets, heads, bodies } = packer.take()
  const bytes = { sets: Buffer.from(sets), heads: Buffer.from(heads), bodies: Buffer.from(bodies) }
  bytes[column][at] = byte
  // As the driver gives them.
  const given = (buffer: Buffer): Uint8Array => new Uint8Array(buffer).buffer as unknown as Uint8Array
  const columns = { sets: given(bytes.sets), heads: given(bytes.heads), bodies: given(bytes.bodies) }
  return { first: 1, last: COUNT, received_at: 1000, ...columns }
}

function lengthOf(column: Column): number {
  return (damaged(column, 0, 0)[column] as unknown as ArrayBuffer).byteLength
}

describe('one damaged byte in the file of the sqlite engine', () => {
  for (const column of ['heads', 'bodies'] as const)
    it(`costs no more callbacks than it touches, wherever it is in the ${column}`, () => {
      let lost = 0
      let all = 0
      for (let at = 0; at < lengthOf(column); at++) {
        for (const byte of [0, 0x24, 0x2c, 0x31, 0x5d, 0x80, 0xe4, 0xff]) {
          const { callbacks } = readBlock(damaged(column, at, byte))
          all++
          if (callbacks.length === 0) lost++
          else {
            const touched = callbacks.filter(({ raw, id }, n) => raw !== news(n).raw || id !== `id${n}`)
            expect(touched.length, `${byte} at ${at}`).to.be.at.most(2)
          }
        }
      }
      // What cannot be told: a length that is another number then, or the brackets of the whole.
      expect(lost / all).to.be.at.most(column === 'heads' ? 0.12 : 0)
    })

  it('is read without its plugins where they cannot be read', () => {
    for (let at = 0; at < lengthOf('sets'); at++) {
      for (const byte of [0, 0x24, 0x80, 0xff]) {
        const { callbacks, damage } = readBlock(damaged('sets', at, byte))
        expect(callbacks.length === COUNT || damage?.last === COUNT).to.equal(true)
      }
    }
  })

  const changes: [what: string, sql: string, delivered: number[], dead: number][] = [
    [
      'a byte of a body that is no UTF-8',
      "bodies = CAST(replace(CAST(bodies AS BLOB), CAST('\"EventTime\":3' AS BLOB), CAST('\"EventTime\":' AS BLOB) || x'ff') AS TEXT)",
      [1, 2, 4, 5],
      1,
    ],
    [
      'a byte of a body that is then no JSON',
      `bodies = replace(bodies, '"EventTime":3}', '"EventTime":3]')`,
      [1, 2, 4, 5],
      1,
    ],
    ['a byte of what is said of one', `heads = '[x' || substr(heads, 3)`, [2, 3, 4, 5], 1],
    ['a byte of the plugins', `sets = '{' || substr(sets, 2)`, [], 0],
  ]
  for (const [what, sql, delivered, dead] of changes)
    it(`lets the server start and go on with the rest where it is ${what}, and that is told`, async () => {
      const file = await newFile()
      const first = await runEngine(file, { one: forever })
      await Promise.all([1, 2, 3, 4, 5].map((n) => first.accept(n, `g${n}`)))
      await first.accept(6, 'g6')
      await first.die()
      const database = new Database(file)
      expect(database.run(`UPDATE blocks SET ${sql} WHERE first = 1`)).to.equal(1)
      database.close()

      const seen: number[] = []
      const second = await runEngine(file, { one: (n) => void seen.push(n) })
      const letters = eventsOf(second.bus, 'callback:dead')
      const told = eventsOf(second.bus, 'store:damaged')
      await done(second.bus, delivered.length + 1)
      expect(seen.toSorted((one, other) => one - other)).to.deep.equal([...delivered, 6])
      // What is written down of them tells the same.
      const stopped = await second.stop()
      expect(stopped).to.deep.equal({ undelivered: 0 })
      expect(look(file).number('SELECT count(*) FROM dead_letters')).to.equal(dead)
      expect(letters.length + told.length).to.be.at.most(1)
      const history = read(file)
      expect((await history.deadLetters()).map(({ plugin }) => plugin)).to.deep.equal(dead ? ['one'] : [])
      expect((await history.backward({})).entries).to.have.length(delivered.length + dead + 1)
      expect(await history.find(['none'])).to.deep.equal([])
    })

  it('in what was refused leaves the rest of the history, and the server, whichever column it is in', async () => {
    for (const column of ['outcome', 'error', 'sets', 'heads', 'bodies']) {
      const file = await newFile()
      const first = await runEngine(file, { one: () => undefined })
      for (const n of [1, 2, 3])
        await first.delivery.recordUndelivered(callback(n, `g${n}`), { as: 'refused', error: 'does not fit' })
      await first.stop()
      const torn = `CAST(x'ff' || substr(CAST(${column} AS BLOB), 2) AS TEXT)`
      expect(look(file).run(`UPDATE singles SET ${column} = ${torn} WHERE seq = 2`)).to.equal(1)
      const second = await runEngine(file, { one: () => undefined })
      await second.delivery.recordUndelivered(callback(3, 'g3'), { as: 'refused', error: 'does not fit' })
      const { entries } = await read(file).forward({ bodies: true })
      const whole = entries.filter(({ ref }) => ref !== '2')
      expect(
        whole.map(({ ref, resends }) => [ref, resends]),
        column,
      ).to.deep.equal([
        ['1', 0],
        ['3', 1],
      ])
      await second.stop()
    }
  })

  it('in the error of a dead letter or of a retry leaves what is listed of it', async () => {
    const file = await newFile()
    const retry = { attempts: 2, minMs: 1e9, maxMs: 1e9 }
    const fail = (n: number): never => {
      throw n === 1 ? new GiveUp('never') : new Error('not now')
    }
    const first = await runEngine(file, { one: fail }, { retry })
    const ended = Promise.all([
      first.bus.next('callback:dead'),
      first.bus.next('handler:failed', ({ retryMs = 0 }) => retryMs > 0),
    ])
    for (const n of [1, 2]) await first.accept(n, `g${n}`)
    await ended
    await first.stop()
    const database = look(file)
    for (const table of ['dead_letters', 'pending'])
      expect(
        database.run(`UPDATE ${table} SET error = CAST(x'ff' || substr(CAST(error AS BLOB), 2) AS TEXT)`),
      ).to.equal(1)
    const history = read(file)
    const [letter] = await history.deadLetters()
    expect(letter?.error).to.match(/^\ufffdhrew in attempt 1: never/)
    expect((await history.deadLetterCounts()).map(({ error, count }) => [error, count])).to.deep.equal([
      [letter?.error, 1],
    ])
    const { entries } = await history.forward({})
    const steps = await Promise.all(entries.map(({ id }) => history.steps(id)))
    expect(steps.flat().map(({ error = '' }) => error.slice(0, 5))).to.deep.equal(['\ufffdhrew', '\ufffdhrew'])
  })
})
