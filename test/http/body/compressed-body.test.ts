import { expect } from 'chai'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expectUnharmed, OK_TEXT, errorBody } from '../../harness/answers.ts'
import { chunked, openConnection, requestText, type WireResponse } from '../../harness/connection.ts'
import { recorder } from '../../harness/recorder.ts'
import { serve, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'

const LIMIT = 1024 * 1024
const line = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const text = '{"a":"群","id":12345678901234567890}'
const tooLarge = errorBody(413, 'body: is larger than server.bodyLimit')

/** Sends the body and then a good request on the same connection, which has to be answered too. */
async function send({ port }: TestServer, encoding: string, body: Buffer): Promise<WireResponse> {
  const connection = await openConnection(port)
  connection.send(requestText(line, '', [`Content-Encoding: ${encoding}`, `Content-Length: ${body.length}`]))
  connection.send(body)
  const answer = await connection.answer()
  connection.send(requestText(line, '{}'))
  expect((await connection.answer()).status).to.equal(200)
  return answer
}

function brokenAtTheEnd(bytes: number): Buffer {
  const body = gzipSync(Buffer.alloc(bytes, 'a'))
  return Buffer.concat([body.subarray(0, -8), Buffer.alloc(8, 0xaa)])
}

describe('a compressed body', () => {
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['Identity', Buffer.from(text)],
  ]
  for (const [encoding, body] of packed)
    it(`is taken with Content-Encoding: ${encoding}`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      expect(await send(server, encoding, body)).to.include({ status: 200, body: OK_TEXT })
      const call = await called
      expect(call.raw).to.equal(text)
      expect(call.body).to.deep.equal({ a: '群', id: '12345678901234567890' })
    })

  it('may come in chunks', async () => {
    const connection = await openConnection((await serve()).port)
    connection.send(requestText(line, '', ['Content-Encoding: gzip', 'Transfer-Encoding: chunked']))
    connection.send(chunked([...gzipSync(text)].map((byte) => Buffer.from([byte]))))
    expect((await connection.answer()).body).to.equal(OK_TEXT)
  })

  const broken: [string, string, Buffer][] = [
    ['is no gzip', 'gzip', Buffer.from(text)],
    ['is cut off', 'gzip', gzipSync(text).subarray(0, -9)],
    ['has a wrong checksum', 'gzip', brokenAtTheEnd(1000)],
    ['is no brotli', 'br', Buffer.from(text)],
    ['is no deflate', 'deflate', Buffer.from(text)],
    ['has nothing in it', 'gzip', Buffer.alloc(0)],
    ['holds nothing', 'gzip', gzipSync('')],
    ['holds no JSON', 'gzip', gzipSync('no')],
    ['holds an array', 'gzip', gzipSync('[]')],
  ]
  for (const [what, encoding, body] of broken)
    it(`is refused with 400 where it ${what}`, async () => {
      const server = await serve()
      const answer = await send(server, encoding, body)
      expect(answer.status).to.equal(400)
      await expectUnharmed(server, answer.body)
    })

  const bombs: [string, string, Buffer][] = [
    ['100 MiB of zeros', 'gzip', gzipSync(Buffer.alloc(100 * LIMIT))],
    ['100 MiB of zeros in brotli', 'br', brotliCompressSync(Buffer.alloc(100 * LIMIT))],
    ['a byte too many', 'gzip', gzipSync(Buffer.alloc(LIMIT + 1, 'a'))],
    ['a bomb in a bomb', 'gzip', gzipSync(gzipSync(Buffer.alloc(100 * LIMIT)).subarray(0, 1000) + 'a'.repeat(LIMIT))],
  ]
  for (const [what, encoding, body] of bombs)
    it(`is refused with 413 when it grows beyond the limit: ${what}`, async () => {
      const server = await serve()
      const answer = await send(server, encoding, body)
      expect([answer.status, answer.body]).to.deep.equal([413, tooLarge])
      await expectUnharmed(server, answer.body)
    })

  it('is taken when it grows to exactly the limit', async () => {
    const body = `{"a":"${'a'.repeat(LIMIT - 8)}"}`
    expect(await send(await serve(), 'gzip', gzipSync(body))).to.include({ status: 200 })
  })

  for (const more of [1, 16_384, 20_000, 40_000, 70_000])
    it(`is refused when it is too large by ${more} bytes and broken after that`, async () => {
      const server = await serve()
      const answer = await send(server, 'gzip', brokenAtTheEnd(LIMIT + more))
      expect(answer.status).to.be.oneOf([400, 413])
      await expectUnharmed(server, answer.body)
    })

  for (const encoding of ['zstd', 'gzip, gzip', 'compress', 'utf-8', '__proto__', 'constructor'])
    it(`is refused with 415 if its encoding is unknown: ${encoding}`, async () => {
      const server = await serve()
      const answer = await send(server, encoding, Buffer.from('{}'))
      const info = 'Content-Encoding: expected identity, gzip, deflate or br'
      expect([answer.status, answer.body]).to.deep.equal([415, errorBody(415, info)])
      await expectUnharmed(server, answer.body)
    })
})
