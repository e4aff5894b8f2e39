import { expect } from 'chai'
import { Bus } from '../../../core/observe/bus.ts'
import { OK } from '../../../core/protocol/envelope.ts'
import { errorBody } from '../../harness/answers.ts'
import { serveDispatch } from '../../harness/parts.ts'
import { eventsOf } from '../../harness/server.ts'
import { exchange, parseResponse } from '../../harness/wire.ts'

describe('a request whose head does not come', () => {
  it('is given 10 seconds, then answered 408', async () => {
    const bus = new Bus()
    const rejected = eventsOf(bus, 'callback:rejected')
    const { server, port } = await serveDispatch(async () => ({ status: 200, text: OK }), bus)
    expect(server.headersTimeout).to.equal(10_000)
    server.headersTimeout = 100
    const info = 'request: did not arrive in time'
    const { status, body } = parseResponse(await exchange(port, 'POST / HTTP/1.1\r\nHost: t\r\nX-Slow'))
    expect([status, body]).to.deep.equal([408, errorBody(408, info)])
    expect(rejected).to.have.length(1)
    expect(rejected[0]).to.include({ status: 408, reason: info, address: '127.0.0.1' })
  })
})
