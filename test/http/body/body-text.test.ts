import { expect } from 'chai'
import { expectUnharmed, OK_TEXT } from '../../harness/answers.ts'
import { chunked, openConnection, requestText } from '../../harness/connection.ts'
import { recorder } from '../../harness/recorder.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

const line = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=Group.CallbackAfterGroupFull`
const around = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('{"GroupId":"'), bytes, Buffer.from('"}')])

const texts: [string, Buffer, string][] = [
  ['bytes that are no UTF-8', around(Buffer.from([0x41, 0xff, 0xfe, 0x42])), 'A\ufffd\ufffdB'],
  ['UTF-8 that is cut off', around(Buffer.from('值').subarray(0, 2)), '\ufffd'],
  ['a surrogate as UTF-8', around(Buffer.from([0xed, 0xa0, 0x80])), '\ufffd\ufffd\ufffd'],
  ['a lone surrogate as an escape', around(Buffer.from('\\ud83d')), '\ud83d'],
  ['surrogates the wrong way round', around(Buffer.from('\\ude00\\ud83d')), '\ude00\ud83d'],
  ['a NUL as an escape', around(Buffer.from('\\u0000')), '\0'],
  ['characters beyond the first 65,536', around(Buffer.from('😀𠮷')), '😀𠮷'],
  ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), around(Buffer.from('g'))]), 'g'],
]

describe('the text of a body', () => {
  for (const [what, body, expected] of texts)
    it(`may hold ${what}`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      const connection = await openConnection(server.port)
      connection.send(requestText(line, '', [`Content-Length: ${body.length}`]))
      connection.send(body)
      expect(await connection.answer()).to.include({ status: 200, body: OK_TEXT })
      expect((await called).body['GroupId']).to.equal(expected)
      await expectUnharmed(server)
    })

  it('may come in pieces of one byte', async () => {
    const { plugins, next } = recorder()
    const server = await serve({ plugins })
    const body = around(Buffer.from('群组😀'))
    const called = next()
    const connection = await openConnection(server.port)
    connection.send(requestText(line, '', ['Transfer-Encoding: chunked']))
    connection.send(chunked([...body].map((byte) => Buffer.from([byte]))))
    expect(await connection.answer()).to.include({ status: 200, body: OK_TEXT })
    expect((await called).body['GroupId']).to.equal('群组😀')
  })

  it('is refused in UTF-16', async () => {
    const server = await serve()
    const connection = await openConnection(server.port)
    const body = Buffer.from('\ufeff{"GroupId":"g"}', 'utf16le')
    connection.send(requestText(line, '', [`Content-Length: ${body.length}`]))
    connection.send(body)
    expect((await connection.answer()).status).to.equal(400)
    await expectUnharmed(server)
  })
})
