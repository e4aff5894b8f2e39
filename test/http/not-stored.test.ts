import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import type { Delivery } from '../../core/delivery/delivery.ts'
import { createDispatch } from '../../core/dispatch.ts'
import { Completion } from '../../core/lib/completion.ts'
import { createRegistry } from '../../core/registry.ts'
import { errorBody } from '../harness/answers.ts'
import { openConnection, requestText, type WireResponse } from '../harness/connection.ts'
import { serveDispatch } from '../harness/parts.ts'
import { eventsOf, UNSIGNED_APP } from '../harness/server.ts'

async function answerWith(
  accept: Delivery['accept'],
  command = 'X.Y',
  deadlineMs = 50,
  bus = new Bus(),
): Promise<WireResponse> {
  const delivery: Delivery = {
    accept,
    health: async () => undefined,
    stats: async () => ({ plugins: [] }),
    start: async () => {},
    recordUndelivered: async () => {},
    swap: async () => {},
    stop: async () => ({ undelivered: 0, settled: true }),
  }
  const dispatch = createDispatch({ registry: createRegistry([]), delivery, bus, deadlineMs, maxInFlight: 10 })
  const connection = await openConnection((await serveDispatch(dispatch, bus)).port)
  connection.send(requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${command}`, '{"MsgBody":[]}'))
  return connection.answer()
}

const body = errorBody(503, 'could not be stored in time')

const never = (): Completion<void> => new Completion()
const fail = (storing: Completion<void>): void => storing.reject(new Error('disk full at /var/lib'))
const failing = (): Completion<void> => {
  const storing = new Completion<void>()
  setImmediate(() => fail(storing))
  return storing
}

describe('an after-callback that could not be stored', () => {
  it('is answered 503 at the deadline', async () => {
    expect(await answerWith(never)).to.include({ status: 503, body })
  })

  it('is answered 503 when the store fails, without a word of why', async () => {
    expect(await answerWith(failing, 'X.Y', 5000)).to.include({ status: 503, body })
  })

  it('is reported once, even if the store fails after the deadline', async () => {
    const bus = new Bus()
    const failed = eventsOf(bus, 'delivery:failed')
    const storing = new Completion<void>()
    await answerWith(() => storing, 'X.Y', 50, bus)
    fail(storing)
    expect(failed.map(({ error }) => String(error))).to.deep.equal(['TimeoutError: took longer than 50 ms'])
  })

  it('is not reported as acknowledged if it is stored after the deadline', async () => {
    const bus = new Bus()
    const answered = eventsOf(bus, 'callback:answered')
    const storing = new Completion<void>()
    await answerWith(() => storing, 'X.Y', 50, bus)
    storing.resolve()
    expect(answered).to.deep.equal([])
  })

  it('is no before-callback: that one needs no store to be decided', async () => {
    expect((await answerWith(never, 'Group.CallbackBeforeSendMsg')).status).to.equal(200)
  })
})
