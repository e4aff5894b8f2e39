import { expect } from 'chai'
import { Bus } from '../../core/observe/bus.ts'
import { OK } from '../../core/protocol/envelope.ts'
import { OK_TEXT, errorBody } from '../harness/answers.ts'
import { openConnection, requestText } from '../harness/connection.ts'
import { serveDispatch } from '../harness/parts.ts'
import { eventsOf, serve, UNSIGNED_APP } from '../harness/server.ts'

const request = requestText(`POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`, '{}')
const body = errorBody(500, 'internal error')

class Strange {
  readonly status = 200
  readonly expose = true
  readonly headers = { 'x-told': 'yes' }
  readonly message = 'a word of it'
}

describe('a fault of the server itself', () => {
  const thrown: [string, unknown][] = [
    ['an error', new Error('a word of it')],
    ['an error that asks to be shown', Object.assign(new Error('a word of it'), new Strange())],
    ['no error', 'a word of it'],
    ['an object', new Strange()],
    ['undefined', undefined],
    ['null', null],
  ]
  for (const [what, value] of thrown)
    it(`is answered 500 without any detail, and emitted on the bus: ${what}`, async () => {
      const bus = new Bus()
      const failed = eventsOf(bus, 'server:failed')
      const rejected = eventsOf(bus, 'callback:rejected')
      let faulty = true
      const { port } = await serveDispatch(async () => {
        if (faulty) throw value
        return { status: 200, text: OK }
      }, bus)
      const connection = await openConnection(port)
      connection.send(request)
      const answer = await connection.answer()
      expect(answer).to.include({ status: 500, body })
      expect(answer.head).to.match(/\r\nContent-Type: application\/json\r\n/)
      expect(answer.head).not.to.match(/x-told|a word of it/i)
      expect(failed).to.deep.equal([{ error: value }])
      expect(rejected).to.have.length(1)
      const about = { sdkAppId: UNSIGNED_APP, command: 'X.Y' }
      expect(rejected[0]).to.include({ status: 500, reason: 'internal error', ...about })
      faulty = false
      connection.send(request)
      expect((await connection.answer()).status).to.equal(200)
    })

  it('does not happen when an observer throws', async () => {
    const { bus, post } = await serve()
    bus.on('callback:received', () => {
      throw new Error('a word of it')
    })
    expect((await post('X.Y', {})).text).to.equal(OK_TEXT)
  })
})
