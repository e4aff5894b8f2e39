import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import type { Answer } from '../../core/answer.ts'
import { Completion } from '../../core/lib/completion.ts'
import { OK } from '../../core/protocol/envelope.ts'
import { errorBody } from '../harness/answers.ts'
import { openConnection, requestText } from '../harness/connection.ts'
import { serveDispatch } from '../harness/parts.ts'
import { UNSIGNED_APP } from '../harness/server.ts'

const COMMANDS = ['X.One', 'X.Two', 'X.Three']
const BUSY_MS = 5

function request(command: string, app: number = UNSIGNED_APP): string {
  return requestText(`POST /?SdkAppid=${app}&CallbackCommand=${command}`, '{}')
}

/** An answer that notes when it is sent. */
function noted(log: string[], command: string): Answer {
  return {
    status: 200,
    get text() {
      log.push(`sent ${command}`)
      return OK
    },
  }
}

/** Sends all of them at once, and gives what was decided and sent, in its order. */
async function orderOf(spendTime: () => void, commands: readonly string[] = COMMANDS): Promise<string[]> {
  const log: string[] = []
  const { port } = await serveDispatch(({ command }) => {
    spendTime()
    log.push(`decided ${command}`)
    return noted(log, command)
  })
  const connection = await openConnection(port)
  connection.send(commands.map((command) => request(command)).join(''))
  for (const _ of commands) expect((await connection.answer()).body).to.equal(OK)
  return log
}

function beBusy(): void {
  for (const until = performance.now() + BUSY_MS; performance.now() < until;);
}

/** While no time goes by, as far as the code can tell: a machine that stalls is not to look like a handler that does. */
async function outOfTime<T>(run: () => Promise<T>): Promise<T> {
  const now = performance.now.bind(performance)
  performance.now = () => 1
  try {
    return await run()
  } finally {
    performance.now = now
  }
}

/** How many were decided at a time, without an answer sent between them. */
function batchesOf(log: readonly string[]): number[] {
  const sizes: number[] = []
  log.forEach((entry, n) => {
    if (!entry.startsWith('decided')) return
    if (n === 0 || log[n - 1]?.startsWith('sent')) sizes.push(0)
    sizes.push((sizes.pop() ?? 0) + 1)
  })
  return sizes
}

const decided = (commands: readonly string[]): string[] => commands.map((command) => `decided ${command}`)
const sent = (commands: readonly string[]): string[] => commands.map((command) => `sent ${command}`)

describe('callbacks that come in one turn of the event loop', () => {
  it('are all decided before any of their answers is sent', async () => {
    const order = await outOfTime(() => orderOf(() => undefined))
    expect(order).to.deep.equal([...decided(COMMANDS), ...sent(COMMANDS)])
  })

  it('are taken 16 at a time where one socket sends them ahead', async () => {
    const many = Array.from({ length: 40 }, (_, n) => `X.N${n}`)
    const batches = [many.slice(0, 16), many.slice(16, 32), many.slice(32)]
    const order = await outOfTime(() => orderOf(() => undefined, many))
    expect(order).to.deep.equal(batches.flatMap((batch) => [...decided(batch), ...sent(batch)]))
  })

  it('are taken 64 at a time where many sockets send them', async () => {
    const COUNT = 150
    const log: string[] = []
    const turn = { size: 0, largest: 0 }
    const { port } = await serveDispatch(({ command }) => {
      if (turn.size === 0) setImmediate(() => (turn.size = 0))
      turn.largest = Math.max(turn.largest, ++turn.size)
      log.push(`decided ${command}`)
      return noted(log, command)
    })
    const connections = await Promise.all(Array.from({ length: COUNT }, () => openConnection(port)))
    // They lie in the sockets before the server, which shares this thread, reads one. A busy kernel may keep some back.
    for (let round = 0; turn.largest < COUNT / 2 && round < 100; round++) {
      await outOfTime(async () => {
        for (const connection of connections) connection.send(request('X.One'))
        for (const connection of connections) expect((await connection.answer()).body).to.equal(OK)
      })
    }
    expect(turn.largest).to.be.at.least(COUNT / 2)
    expect(Math.max(...batchesOf(log))).to.equal(64)
  })

  it('are answered before the next is decided where that takes long', async () => {
    const oneByOne = COMMANDS.flatMap((command) => [`decided ${command}`, `sent ${command}`])
    expect(await orderOf(beBusy)).to.deep.equal(oneByOne)
  })

  it('have answers of their own, whatever becomes of the others', async () => {
    const { port } = await serveDispatch(({ command }) => {
      if (command === 'X.Throws') throw new Error('broken')
      const answer = { status: 200, text: `{"command":"${command}"}` }
      if (command !== 'X.Later') return answer
      const later = new Completion<Answer>()
      setImmediate(() => later.resolve(answer))
      return later
    })
    const connection = await openConnection(port)
    const last = requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Bad`, '[1')
    const all = ['X.One', 'X.Throws', 'X.Later', 'X.Two'].map((command) => request(command))
    connection.send([...all, request('X.Foreign', 1), last, request('X.Three')].join(''))
    const bodies: string[] = []
    for (let n = 0; n < 7; n++) bodies.push((await connection.answer()).body)
    expect(bodies).to.deep.equal([
      '{"command":"X.One"}',
      errorBody(500, 'internal error'),
      '{"command":"X.Later"}',
      '{"command":"X.Two"}',
      errorBody(403, 'SdkAppid: not one of the configured apps'),
      errorBody(400, 'body: is not JSON'),
      '{"command":"X.Three"}',
    ])
  })

  it('come when the first of their turn came, and not with those of an earlier one', async () => {
    const times: { startedAt: number; receivedAt: number }[] = []
    const { port } = await serveDispatch(({ startedAt, receivedAt }) => {
      times.push({ startedAt, receivedAt })
      return { status: 200, text: OK }
    })
    const connection = await openConnection(port)
    for (let turn = 0; turn < 2; turn++) {
      const [from, fromDate] = [performance.now(), Date.now()]
      connection.send(request('X.One') + request('X.Two'))
      await connection.answer()
      await connection.answer()
      const [first, second] = times.splice(0)
      expect(first).to.deep.equal(second)
      expect(first?.startedAt).to.be.within(from, performance.now())
      expect(first?.receivedAt).to.be.within(fromDate, Date.now())
      await delay(5)
    }
  })
})
