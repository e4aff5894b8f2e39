import { expect } from 'chai'
import { expectEnvelope, expectUnharmed, OK_TEXT, errorBody } from '../../harness/answers.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { serve, signed, UNSIGNED_APP } from '../../harness/server.ts'
import { exchange, parseResponse } from '../../harness/wire.ts'

const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const good = requestText(`POST /?${query}`, '{}')
const notHttp = 'request: is not HTTP/1.1'

describe('bytes that are no good HTTP', () => {
  const broken: [string, string | Buffer, number, string][] = [
    ['garbage', 'garbage\r\n\r\n', 400, notHttp],
    ['random bytes', Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 167 + 13) % 256)), 400, notHttp],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), 400, notHttp],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, notHttp],
    ['an unknown version', good.replace('HTTP/1.1', 'HTTP/9.9'), 400, notHttp],
    ['bare line feeds', good.replaceAll('\r\n', '\n'), 400, notHttp],
    ['a space in the target', good.replace('X.Y', 'X Y'), 400, notHttp],
    ['a header without a colon', good.replace('Host: test', 'Host: test\r\nnonsense'), 400, notHttp],
    ['a NUL in a header', good.replace('Host: test', 'Host: test\r\nX: a\0b'), 400, notHttp],
    ['HTTP/2.0 in a request line', good.replace('HTTP/1.1', 'HTTP/2.0'), 400, notHttp],
    ['HTTP/0.9', good.replace('HTTP/1.1', 'HTTP/0.9'), 400, notHttp],
    ['two Hosts', good.replace('Host: test', 'Host: test\r\nhOST: other'), 400, 'Host: given twice'],
    ['two Hosts alike', good.replace('Host: test', 'Host: test\r\nHost: test'), 400, 'Host: given twice'],
    ['two Hosts in HTTP/1.0', good.replace('HTTP/1.1\r\n', 'HTTP/1.0\r\nHost: a\r\n'), 400, 'Host: given twice'],
    ['no Host', good.replace('Host: test\r\n', ''), 400, 'Host: is required'],
    [
      'a header of 20 KB',
      good.replace('Host: test', `Host: test\r\nX: ${'a'.repeat(20_000)}`),
      431,
      'head: is too large',
    ],
    [
      'too many headers',
      good.replace('Host: test', `Host: test\r\n${'X: a\r\n'.repeat(20_000)}X: b`),
      431,
      'head: is too large',
    ],
    ['a URL of 20 KB', good.replace('X.Y', 'x'.repeat(20_000)), 431, 'head: is too large'],
  ]
  for (const [what, bytes, status, info] of broken)
    it(`get the envelope: ${what}`, async () => {
      const server = await serve()
      const text = await exchange(server.port, bytes)
      const answer = parseResponse(text)
      expect([answer.status, answer.body]).to.deep.equal([status, errorBody(status, info)])
      expect(answer.head).to.match(/\r\nContent-Type: application\/json\r\n/i)
      expect(answer.head).to.match(/\r\nConnection: close/i)
      await expectUnharmed(server, text)
    })

  it('do not show the Sign of the request they came in', async () => {
    const server = await serve()
    const parameters = signed()
    const { Sign = '' } = parameters
    const line = `POST /?${new URLSearchParams({ ...parameters, CallbackCommand: 'X.Y' }).toString()}`
    const text = await exchange(server.port, requestText(line, '{}', ['Content-Length: x']))
    await expectUnharmed(server, text, [Sign])
    await expectUnharmed(
      server,
      await exchange(server.port, requestText(`${line}&Sign=`, '{}', ['Connection: close'])),
      [Sign],
    )
  })

  it('are not answered when there are none, or only the half of a line', async () => {
    const server = await serve()
    expect(await exchange(server.port, '', { end: true })).to.equal('')
    const { status, body } = parseResponse(await exchange(server.port, 'POST / HT', { end: true }))
    expect(status).to.equal(400)
    expectEnvelope(status, body)
    await expectUnharmed(server)
  })

  it('end a connection only after the good requests before them are answered', async () => {
    const server = await serve()
    const text = await exchange(server.port, `${good}${good}garbage\r\n\r\n`)
    expect(text.split('HTTP/1.1 200 OK')).to.have.length(3)
    await expectUnharmed(server, text)
  })

  it('get no second answer where they are the rest of a body that was answered early', async () => {
    const server = await serve()
    const connection = await openConnection(server.port)
    connection.send('POST /elsewhere HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n')
    expect((await connection.answer()).status).to.equal(404)
    connection.send('no length\r\n')
    expect(await connection.answer().catch(String)).to.equal('Error: closed after ""')
    await expectUnharmed(server)
  })

  it('end a connection with the envelope when they come later on it', async () => {
    const server = await serve()
    const connection = await openConnection(server.port)
    connection.send(good)
    expect((await connection.answer()).status).to.equal(200)
    connection.send('garbage\r\n\r\n')
    expect(await connection.answer()).to.include({ status: 400, body: errorBody(400, notHttp) })
    await connection.closed
    await expectUnharmed(server)
  })
})

describe('HTTP as few speak it', () => {
  const rare: [string, string][] = [
    ['HTTP/1.0', good.replace('HTTP/1.1', 'HTTP/1.0')],
    ['HTTP/1.0 without Host', good.replace('HTTP/1.1', 'HTTP/1.0').replace('Host: test\r\n', '')],
    ['an Expect that nobody knows', requestText(`POST /?${query}`, '{}', ['Expect: miracles'])],
    ['an Upgrade', requestText(`POST /?${query}`, '{}', ['Connection: Upgrade', 'Upgrade: websocket'])],
    ['an empty line before it', `\r\n${good}`],
    ['header names in capitals', good.replace('Content-Length', 'CONTENT-LENGTH')],
    ['an empty Host', good.replace('Host: test', 'Host:')],
    ['a fragment', requestText(`POST /?${query}#part`, '{}')],
  ]
  for (const [what, bytes] of rare)
    it(`is answered 200: ${what}`, async () => {
      const connection = await openConnection((await serve()).port)
      connection.send(bytes)
      expect(await connection.answer()).to.include({ status: 200, body: OK_TEXT })
    })

  it('gets 100 Continue when it expects that', async () => {
    const connection = await openConnection((await serve()).port)
    connection.send(requestText(`POST /?${query}`, '', ['Expect: 100-continue', 'Content-Length: 2']))
    expect((await connection.answer()).status).to.equal(100)
    connection.send('{}')
    expect((await connection.answer()).body).to.equal(OK_TEXT)
  })

  it('may be pipelined, and is answered in order', async () => {
    const connection = await openConnection((await serve()).port)
    const bodies = ['{}', 'no', '{"a":1}', '[]', '{}']
    connection.send(bodies.map((body) => requestText(`POST /?${query}`, body)).join(''))
    const statuses: number[] = []
    for (const _ of bodies) statuses.push((await connection.answer()).status)
    expect(statuses).to.deep.equal([200, 400, 200, 400, 200])
  })

  it('may come byte by byte', async () => {
    const connection = await openConnection((await serve()).port)
    for (const byte of good) connection.send(byte)
    expect((await connection.answer()).body).to.equal(OK_TEXT)
  })
})
