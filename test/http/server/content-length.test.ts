import { expect } from 'chai'
import { expectEnvelope, expectUnharmed, OK_TEXT, errorBody } from '../../harness/answers.ts'
import { chunked, openConnection, requestText } from '../../harness/connection.ts'
import { eventsOf, serve, UNSIGNED_APP } from '../../harness/server.ts'
import { exchange, parseResponse } from '../../harness/wire.ts'

const line = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const body = '{"a":1}'
const notHttp = errorBody(400, 'request: is not HTTP/1.1')

describe('the length of a body', () => {
  const refused: [string, string[], string][] = [
    ['is negative', ['Content-Length: -1'], body],
    ['is no number', ['Content-Length: seven'], body],
    ['has a sign', ['Content-Length: +7'], body],
    ['is beyond 64 bits', [`Content-Length: ${'9'.repeat(23)}`], body],
    ['is given twice, differently', ['Content-Length: 7', 'Content-Length: 8'], body],
    ['is given twice', ['Content-Length: 7', 'Content-Length: 7'], body],
    ['is given beside chunks', ['Content-Length: 7', 'Transfer-Encoding: chunked'], `7\r\n${body}\r\n0\r\n\r\n`],
    ['is left to an unknown transfer encoding', ['Transfer-Encoding: gzip'], body],
    ['of a chunk is no number', ['Transfer-Encoding: chunked'], `zz\r\n${body}\r\n0\r\n\r\n`],
    ['of a chunk is too small', ['Transfer-Encoding: chunked'], `3\r\n${body}\r\n0\r\n\r\n`],
    ['of a chunk is beyond 64 bits', ['Transfer-Encoding: chunked'], `${'f'.repeat(17)}\r\n${body}\r\n0\r\n\r\n`],
  ]
  for (const [what, headers, sent] of refused)
    it(`is refused where it ${what}`, async () => {
      const server = await serve()
      const answer = parseResponse(await exchange(server.port, requestText(line, sent, headers)))
      expect([answer.status, answer.body]).to.deep.equal([400, notHttp])
      await expectUnharmed(server, answer.body)
    })

  it('may be too short: what is read is refused, and so is what follows', async () => {
    const server = await serve()
    const connection = await openConnection(server.port)
    connection.send(requestText(line, body, ['Content-Length: 3']))
    expect(await connection.answer()).to.include({ status: 400, body: errorBody(400, 'body: is not JSON') })
    await connection.closed
    await expectUnharmed(server)
  })

  it('is needed: without it there is no body', async () => {
    const server = await serve()
    const connection = await openConnection(server.port)
    connection.send(`${line} HTTP/1.1\r\nHost: test\r\n\r\n`)
    const { status, body: text } = await connection.answer()
    expect([status, text]).to.deep.equal([400, errorBody(400, 'body: is empty; expected a JSON object')])
    await expectUnharmed(server)
  })

  it('may be left to chunks with extensions and trailers', async () => {
    const { port } = await serve()
    const connection = await openConnection(port)
    connection.send(requestText(line, '7;a=b\r\n{"a":1}\r\n0\r\nX-Sum: 1\r\n\r\n', ['Transfer-Encoding: chunked']))
    expect((await connection.answer()).body).to.equal(OK_TEXT)
  })

  it('may be left to thousands of chunks', async () => {
    const { port } = await serve()
    const connection = await openConnection(port)
    connection.send(requestText(line, '', ['Transfer-Encoding: chunked']))
    connection.send(chunked(`{"a":"${'x'.repeat(5000)}"}`.split('')))
    expect((await connection.answer()).body).to.equal(OK_TEXT)
  })

  for (const headers of [['Content-Length: 100'], ['Transfer-Encoding: chunked']])
    it(`is refused once the client has closed before it is reached (${headers[0]})`, async () => {
      const server = await serve()
      const rejected = eventsOf(server.bus, 'callback:rejected')
      const text = await exchange(server.port, requestText(line, `5\r\n{"a":`, headers), { end: true })
      const answer = parseResponse(text)
      expect([answer.status, answer.body]).to.deep.equal([400, notHttp])
      expect(rejected).to.have.length(1)
      await expectUnharmed(server, text)
    })

  for (const headers of [[], ['Content-Encoding: gzip']])
    it(`may never be reached: a connection that breaks harms nothing (${headers[0] ?? 'plain'})`, async () => {
      const server = await serve()
      const rejected = server.bus.next('callback:rejected')
      const connection = await openConnection(server.port)
      connection.send(requestText(line, '{"a', ['Content-Length: 100', 'Expect: 100-continue', ...headers]))
      expect((await connection.answer()).status).to.equal(100)
      connection.destroy()
      expect((await rejected).status).to.equal(400)
      await expectUnharmed(server)
    })

  it('may be too long: the missing rest is waited for 5 seconds, then answered 408', async () => {
    const server = await serve()
    const startedAt = performance.now()
    const answers = await Promise.all(
      [[], ['Content-Encoding: gzip']].map((headers) =>
        exchange(server.port, requestText(line, '{', ['Content-Length: 2', ...headers])),
      ),
    )
    expect(performance.now() - startedAt).to.be.at.least(4900)
    for (const answer of answers.map(parseResponse)) {
      expect([answer.status, answer.body]).to.deep.equal([408, errorBody(408, 'body: did not arrive in time')])
      expect(answer.head).to.match(/\r\nConnection: close\r\n/)
      expectEnvelope(answer.status, answer.body)
    }
    await expectUnharmed(server)
  })
})
