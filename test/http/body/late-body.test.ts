import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect } from 'chai'
import { OK } from '../../../core/protocol/envelope.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { serveDispatch } from '../../harness/parts.ts'
import { UNSIGNED_APP } from '../../harness/server.ts'

const BODY = '{"a":1}'
const HEAD = requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, '', [`Content-Length: ${BODY.length}`])
const COUNT = 50

type Send = (socket: Socket) => void
const whole: Send = (socket) => void socket.write(HEAD + BODY)
const split: Send = (socket) => {
  socket.write(HEAD)
  setImmediate(() => setImmediate(() => socket.write(BODY)))
}

/** The promises and timers of this process while so many requests are answered, one after the other. */
async function promisesAndTimers(port: number, send: Send): Promise<number> {
  const socket = connect({ port, noDelay: true })
  await once(socket, 'connect')
  let count = 0
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE' || type === 'Timeout') count++
    },
  })
  const ended = new Promise<void>((resolve) => {
    let left = COUNT
    socket.on('data', () => {
      if (left-- > 0) send(socket)
      else resolve()
    })
  })
  hook.enable()
  send(socket)
  await ended
  hook.disable()
  socket.destroy()
  return count
}

describe('a body that arrives in a separate segment, after its head', () => {
  it('costs no extra promise and no extra timer', async () => {
    const { port } = await serveDispatch(() => ({ status: 200, text: OK }))
    // One timer is for all bodies under way, and stays.
    await promisesAndTimers(port, split)
    // Others in this process make some, too: the least of some rounds counts.
    let more = Infinity
    for (let round = 0; round < 10 && more >= COUNT; round++) {
      const atOnce = await promisesAndTimers(port, whole)
      more = Math.min(more, (await promisesAndTimers(port, split)) - atOnce)
    }
    expect(more).to.be.below(COUNT)
  })

  it('is answered like one in the same segment, also where the answer comes later', async () => {
    const { port } = await serveDispatch(async () => ({ status: 200, text: OK }))
    const connection = await openConnection(port)
    connection.send(HEAD)
    await new Promise((resolve) => setImmediate(resolve))
    connection.send(BODY + HEAD + BODY)
    for (let n = 0; n < 2; n++) expect(await connection.answer()).to.include({ status: 200, body: OK })
  })
})
