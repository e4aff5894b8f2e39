import { expect } from 'chai'
import { OK_TEXT, errorBody } from '../../harness/answers.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'
import { exchange, parseResponse } from '../../harness/wire.ts'

const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`

describe('the method of a callback', () => {
  for (const method of ['GET', 'PUT', 'OPTIONS', 'TRACE', 'DELETE', 'PATCH', 'M-SEARCH'])
    it(`is POST: ${method} gets 405 and Allow: POST`, async () => {
      const { port } = await serve()
      const connection = await openConnection(port)
      connection.send(requestText(`${method} /?${query}`))
      const { status, head, body } = await connection.answer()
      expect([status, body]).to.deep.equal([405, errorBody(405, `method: expected POST, got ${method}`)])
      expect(head).to.match(/\r\nAllow: POST\r\n/)
      expect(head).to.match(/\r\nContent-Type: application\/json\r\n/)
    })

  it('is POST: HEAD gets the head of a 405', async () => {
    const { port } = await serve()
    const answer = parseResponse(await exchange(port, requestText(`HEAD /?${query}`, '', ['Connection: close'])))
    expect(answer).to.include({ status: 405, body: '' })
    expect(answer.head).to.match(/\r\nAllow: POST\r\n/)
  })

  it('is POST: CONNECT gets 405 and a closed connection', async () => {
    const server = await serve()
    const answer = parseResponse(await exchange(server.port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'))
    expect(answer).to.include({ status: 405, body: errorBody(405, 'method: expected POST, got CONNECT') })
    expect(answer.head).to.match(/\r\nAllow: POST/)
    expect((await server.post('X.Y', {})).text).to.equal(OK_TEXT)
  })

  it('is looked at before the parameters', async () => {
    const { request } = await serve()
    expect((await request('/?SdkAppid=1&SdkAppid=2')).status).to.equal(405)
  })

  for (const method of ['post', 'BREW'])
    it(`is no invention: ${method} gets 400`, async () => {
      const { port } = await serve()
      const answer = parseResponse(await exchange(port, requestText(`${method} /?${query}`)))
      expect(answer).to.include({ status: 400, body: errorBody(400, 'request: is not HTTP/1.1') })
    })
})
