import { expect } from 'chai'
import { expectUnharmed, OK_TEXT, errorBody } from '../../harness/answers.ts'
import { chunked, openConnection, requestText } from '../../harness/connection.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

const LIMIT = 1024 * 1024
const line = `POST /?SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const tooLarge = errorBody(413, 'body: is larger than server.bodyLimit')

/** A JSON object of so many bytes. */
function bodyOf(bytes: number, character = 'a'): string {
  return `{"a":"${character.repeat((bytes - 8) / Buffer.byteLength(character))}"}`
}

describe('the limit of a body', () => {
  it('is 1 MiB, which is still taken', async () => {
    const server = await serve()
    expect(Buffer.byteLength(bodyOf(LIMIT))).to.equal(LIMIT)
    expect((await server.post('X.Y', bodyOf(LIMIT))).text).to.equal(OK_TEXT)
  })

  it('is passed by 1 MiB and a byte', async () => {
    const server = await serve()
    const { status, text } = await server.post('X.Y', bodyOf(LIMIT + 1))
    expect([status, text]).to.deep.equal([413, tooLarge])
    await expectUnharmed(server, text)
  })

  it('counts bytes, not characters', async () => {
    const { post } = await serve({ server: { bodyLimit: 1000 } })
    expect((await post('X.Y', bodyOf(998, '群'))).status).to.equal(200)
    expect((await post('X.Y', bodyOf(1001, '群'))).status).to.equal(413)
  })

  it('is answered 413 before the body is read', async () => {
    const { post } = await serve()
    expect((await post('X.Y', '['.repeat(LIMIT + 1))).status).to.equal(413)
  })

  for (const [bytes, status] of [
    [LIMIT, 200],
    [LIMIT + 1, 413],
    [3 * LIMIT, 413],
  ] as const)
    it(`holds without a Content-Length: ${bytes} bytes get ${status}, and the connection goes on`, async () => {
      const server = await serve()
      const connection = await openConnection(server.port)
      connection.send(requestText(line, '', ['Transfer-Encoding: chunked']))
      connection.send(chunked([bodyOf(bytes).slice(0, 1000), bodyOf(bytes).slice(1000)]))
      expect(await connection.answer()).to.include({ status, body: status === 200 ? OK_TEXT : tooLarge })
      connection.send(requestText(line, '{}'))
      expect((await connection.answer()).status).to.equal(200)
      await expectUnharmed(server)
    })

  it('is what the config says', async () => {
    const { post } = await serve({ server: { bodyLimit: '2kb' } })
    expect((await post('X.Y', bodyOf(2048))).status).to.equal(200)
    expect((await post('X.Y', bodyOf(2049))).status).to.equal(413)
  })
})
