import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import type { Answer } from '../../core/answer.ts'
import { OK } from '../../core/protocol/envelope.ts'
import { type Connection, openConnection, requestText } from '../harness/connection.ts'
import { serveDispatch } from '../harness/parts.ts'
import { deferred } from '../harness/plugin.ts'
import { eventsOf, serve, UNSIGNED_APP } from '../harness/server.ts'

const LINE = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const GOOD = requestText(LINE, '{}')
const ok: Answer = { status: 200, text: OK }

async function isServed(connection: Connection): Promise<boolean> {
  connection.send(GOOD)
  const answer = await connection.answer().catch(() => undefined)
  return answer?.status === 200
}

/** Connections of which each has been seen by the server before the next is opened. */
async function connect(port: number, count: number): Promise<Connection[]> {
  const all: Connection[] = []
  for (let n = 0; n < count; n++) {
    const connection = await openConnection(port)
    expect(await isServed(connection)).to.equal(true)
    all.push(connection)
  }
  return all
}

describe('connections at the limit', () => {
  it('give way to new ones: the one that has been idle longest is closed, and the log says so', async () => {
    const { port, bus, lines } = await serve({ server: { maxConnections: 3 } })
    const crowded = eventsOf(bus, 'server:crowded')
    const [a, b, c] = (await connect(port, 3)) as [Connection, Connection, Connection]
    expect(await isServed(a)).to.equal(true)
    const [d] = (await connect(port, 1)) as [Connection]
    await b.closed
    const [e] = (await connect(port, 1)) as [Connection]
    await c.closed
    for (const connection of [a, d, e]) expect(await isServed(connection)).to.equal(true)
    expect(crowded).to.deep.equal([{ connections: 3 }, { connections: 3 }])
    expect(lines.filter((line) => line.includes('server.maxConnections'))).to.have.length(1)
  })

  it('give way where they wait for an answer of ours last: before that those whose request is not whole', async () => {
    const answer = deferred<Answer>()
    let came = 0
    const both = deferred()
    const dispatch = (): Promise<Answer> => {
      if (++came === 2) both.resolve()
      return answer.promise
    }
    const { port } = await serveDispatch(dispatch, new Bus(), { maxConnections: 3 })
    const waiting = [await openConnection(port), await openConnection(port)]
    for (const connection of waiting) connection.send(GOOD)
    await both.promise
    const half = await openConnection(port)
    half.send(requestText(LINE, '{', ['Content-Length: 2', 'Expect: 100-continue']))
    expect((await half.answer()).status).to.equal(100)
    const next = await openConnection(port)
    expect(await half.answer().catch(String)).to.equal('Error: closed after ""')
    const last = await openConnection(port)
    await next.closed
    answer.resolve(ok)
    for (const connection of waiting) expect((await connection.answer()).status).to.equal(200)
    expect(await isServed(last)).to.equal(true)
  })

  it('are turned away where all the others wait for an answer of ours', async () => {
    const answer = deferred<Answer>()
    const came = deferred()
    const dispatch = (): Promise<Answer> => {
      came.resolve()
      return answer.promise
    }
    const { port } = await serveDispatch(dispatch, new Bus(), { maxConnections: 1 })
    const waiting = await openConnection(port)
    waiting.send(GOOD)
    await came.promise
    const turnedAway = await openConnection(port)
    await turnedAway.closed
    answer.resolve(ok)
    expect((await waiting.answer()).status).to.equal(200)
  })
})

describe('requests that one socket sends ahead', () => {
  it('are under way 16 at a time, and all answered in order', async () => {
    let [underWay, most, done] = [0, 0, 0]
    const dispatch = async (_request: unknown, { raw }: { raw: string }): Promise<Answer> => {
      most = Math.max(most, ++underWay)
      await new Promise<void>((resolve) => setImmediate(resolve))
      underWay--
      return { status: 200, text: raw }
    }
    const { port, idle } = await serveDispatch(dispatch)
    const connection = await openConnection(port)
    const count = 5000
    connection.send(Array.from({ length: count }, (_, n) => requestText(LINE, `{"n":${n}}`)).join(''))
    for (; done < count; done++) expect((await connection.answer()).body).to.equal(`{"n":${done}}`)
    expect(most).to.be.at.most(16)
    expect(await isServed(connection)).to.equal(true)
    await idle()
  })

  it('do not keep the others waiting: those are decided after 16 of them', async () => {
    const order: string[] = []
    let ahead = 0
    const came = deferred()
    const dispatch = async ({ command }: { command: string }): Promise<Answer> => {
      order.push(command)
      if (command === 'X.Y' && ++ahead === 1) came.resolve()
      // The other one is sent now, and read before any of these is answered.
      if (command === 'X.Y') await other.promise
      if (command === 'X.Other') other.resolve()
      return ok
    }
    const other = deferred()
    const { port } = await serveDispatch(dispatch)
    const greedy = await openConnection(port)
    const modest = await openConnection(port)
    greedy.send(GOOD.repeat(2000))
    await came.promise
    modest.send(requestText(LINE.replace('X.Y', 'X.Other'), '{}'))
    expect((await modest.answer()).status).to.equal(200)
    expect(order.indexOf('X.Other')).to.be.at.most(16)
    for (let n = 0; n < 2000; n++) expect((await greedy.answer()).status).to.equal(200)
  })

  it('keep no stop waiting when their socket breaks', async () => {
    const answer = deferred<Answer>()
    const came = deferred()
    let count = 0
    const dispatch = (): Promise<Answer> => {
      if (++count === 16) came.resolve()
      return answer.promise
    }
    const { port, idle, server } = await serveDispatch(dispatch)
    const connection = await openConnection(port)
    connection.send(GOOD.repeat(500))
    await came.promise
    server.closeAllConnections()
    await connection.closed
    answer.resolve(ok)
    await idle()
  })
})
