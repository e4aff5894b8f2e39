import type { IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import { BodyBudget, bodyBudgetFor, type PendingBody } from '../../core/http/body/body-budget.ts'
import { OK } from '../../core/protocol/envelope.ts'
import { errorBody } from '../harness/answers.ts'
import { chunked, type Connection, openConnection, requestText } from '../harness/connection.ts'
import { serveDispatch } from '../harness/parts.ts'
import { eventsOf, UNSIGNED_APP } from '../harness/server.ts'

const LINE = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const MB = 1024 * 1024
const socket = { pause: () => undefined, resume: () => undefined }
const source = { ...socket, socket, httpVersionMajor: 1 } as unknown as IncomingMessage
const tooMany = 'body: too many bytes of bodies are under way, and this one took longest'
const text = (length: number): string => `{"a":"${'x'.repeat(length - 8)}"}`

/** All but the last byte of a body; then the whole of it where `finish` is called. */
async function begin(port: number, length: number, headers: readonly string[] = []): Promise<Connection> {
  const connection = await openConnection(port)
  connection.send(requestText(LINE, text(length).slice(0, -1), [`Content-Length: ${length}`, ...headers]))
  return connection
}

describe('bodies under way', () => {
  it('are 40 MB at most', () => {
    const budget = bodyBudgetFor(MB)
    const bodies = Array.from({ length: 40 }, () => budget.open(source, () => undefined))
    expect(bodies.map((body) => body.add(MB - 256)).filter(Boolean)).to.have.length(40)
    expect([bodies[1]?.add(1), bodies[0]?.add(1)]).to.deep.equal([true, false])
  })

  it('are at most two of the largest where server.bodyLimit is above 20 MB', () => {
    const budget = bodyBudgetFor(100 * MB)
    const bodies = Array.from({ length: 3 }, () => budget.open(source, () => undefined))
    const piece = 64 * 1024
    const add = (body: PendingBody | undefined): boolean =>
      Array.from({ length: (100 * MB) / piece }, () => body?.add(piece)).every(Boolean)
    expect(bodies.slice(0, 2).map(add)).to.deep.equal([true, true])
    expect(bodies[2]?.add(piece)).to.equal(true)
    expect(bodies[0]?.add(1)).to.equal(false)
  })

  it('are ended above it, those that have been under way longest, and newcomers go on', async () => {
    const bus = new Bus()
    const limits = { bodyLimit: MB, budget: new BodyBudget(2 * MB) }
    const { port } = await serveDispatch(() => ({ status: 200, text: OK }), bus, limits)
    const rejected = eventsOf(bus, 'callback:rejected')
    const all: Connection[] = []
    for (let n = 0; n < 40; n++) all.push(await begin(port, 100_000))
    for (const connection of all.slice(0, 20)) {
      const { status, body, head } = await connection.answer()
      expect([status, body]).to.deep.equal([503, errorBody(503, tooMany)])
      expect(head).to.match(/\r\nConnection: close/i)
      await connection.closed
    }
    const newcomer = await openConnection(port)
    newcomer.send(requestText(LINE, '{"a":1}'))
    expect((await newcomer.answer()).body).to.equal(OK)
    for (const connection of all.slice(-15)) {
      connection.send('}')
      expect((await connection.answer()).body).to.equal(OK)
    }
    expect(rejected.every(({ status }) => status === 503)).to.equal(true)
  })

  const forms: [string, (connection: Connection, length: number) => void][] = [
    ['of a known length', (c, n) => c.send(requestText(LINE, text(n).slice(0, -1), [`Content-Length: ${n}`]))],
    [
      'in chunks',
      (c, n) => {
        c.send(requestText(LINE, '', ['Transfer-Encoding: chunked']))
        c.send(chunked([text(n)]).subarray(0, -5))
      },
    ],
    [
      'compressed',
      (c, n) => c.send(requestText(LINE, 'x'.repeat(n - 1), [`Content-Length: ${n}`, 'Content-Encoding: gzip'])),
    ],
  ]
  for (const [form, send] of forms)
    it(`count whatever their form: ${form}`, async () => {
      const bus = new Bus()
      const budget = new BodyBudget(300_000)
      const limits = { bodyLimit: MB, budget }
      const { port } = await serveDispatch(() => ({ status: 200, text: OK }), bus, limits)
      const rejected = bus.next('callback:rejected')
      const first = await openConnection(port)
      send(first, 200_000)
      const second = await openConnection(port)
      send(second, 200_000)
      expect(await rejected).to.include({ status: 503, reason: tooMany })
      const [answer, other] = await Promise.race([
        first.answer().then((answer) => [answer, 'first'] as const),
        second.answer().then((answer) => [answer, 'second'] as const),
      ])
      expect(answer.status).to.equal(503)
      const [gone, left] = other === 'first' ? [first, second] : [second, first]
      await gone.closed
      left.destroy()
    })

  it('up to 64 kB are not ended for the larger ones, nor for their number, up to twice the budget', async () => {
    const budget = new BodyBudget(600_000)
    const limits = { bodyLimit: MB, budget }
    const { port } = await serveDispatch(() => ({ status: 200, text: OK }), new Bus(), limits)
    const small = await Promise.all(Array.from({ length: 8 }, () => begin(port, 60_000)))
    const large = await begin(port, 500_000)
    expect((await large.answer()).status).to.equal(503)
    for (const connection of small) {
      connection.send('}')
      expect((await connection.answer()).status).to.equal(200)
    }
  })

  it('count what they hold in memory, not their bytes alone: one in pieces of one byte is no small one', () => {
    const budget = new BodyBudget(1_000_000)
    const bodies = [budget.open(source, () => undefined), budget.open(source, () => undefined)]
    let kept = 0
    while (bodies.every((body) => body.add(1)) && kept < 1_000_000) kept++
    expect(kept).to.be.below(10_000)
  })

  it('give their share back, however they end', () => {
    const budget = new BodyBudget(100_000, 10_000)
    for (let n = 0; n < 100; n++) {
      const body = budget.open(source, () => undefined)
      expect(body.add(50_000)).to.equal(true)
      body.close()
      body.close()
    }
    const [first, second, third] = [
      budget.open(source, () => undefined),
      budget.open(source, () => undefined),
      budget.open(source, () => undefined),
    ]
    expect([first.add(40_000), second.add(40_000), third.add(40_000)]).to.deep.equal([true, true, true])
    expect([first.add(1), second.add(1)]).to.deep.equal([false, true])
  })
})
