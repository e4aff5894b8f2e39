import { expect } from 'chai'
import { errorBody, OK_TEXT } from '../../harness/answers.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { serve, SIGNED_APP, UNSIGNED_APP } from '../../harness/server.ts'

const ours = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`
const MORE = 2 * 1024 * 1024

describe('a request whose body is still missing', () => {
  const cases: [string, string, number, string][] = [
    ['a foreign path', `POST /other?${ours}`, 404, 'path: not one of server.path'],
    ['another method', `PUT /?${ours}`, 405, 'method: expected POST, got PUT'],
    ['a parameter given twice', `POST /?${ours}&Sign=a&Sign=b`, 400, 'Sign: given twice'],
    ['a foreign app', 'POST /?SdkAppid=1&CallbackCommand=X.Y', 403, 'SdkAppid: not one of the configured apps'],
    ['no app', 'POST /?CallbackCommand=X.Y', 403, 'SdkAppid: is required'],
    [
      'no signature',
      `POST /?SdkAppid=${SIGNED_APP}&CallbackCommand=X.Y`,
      401,
      'Sign and RequestTime are required for this app',
    ],
  ]
  for (const [what, line, status, info] of cases) {
    it(`is refused at once for ${what}`, async () => {
      const connection = await openConnection((await serve()).port)
      connection.send(requestText(line, '', ['Content-Length: 100']))
      expect(await connection.answer()).to.include({ status, body: errorBody(status, info) })
    })

    it(`is refused for ${what} rather than for its size`, async () => {
      const connection = await openConnection((await serve()).port)
      connection.send(requestText(line, '', [`Content-Length: ${MORE}`]))
      expect((await connection.answer()).status).to.equal(status)
    })
  }

  it('is answered at once when it is the check of the URL', async () => {
    const connection = await openConnection((await serve()).port)
    connection.send(requestText('POST /', '', [`Content-Length: ${MORE}`]))
    expect(await connection.answer()).to.include({ status: 200, body: OK_TEXT })
  })

  for (const length of [MORE, 3_000_000_000, 2 ** 32 + 2, Number.MAX_SAFE_INTEGER])
    it(`is refused at once when it is to be ${length} bytes`, async () => {
      const connection = await openConnection((await serve()).port)
      connection.send(requestText(`POST /?${ours}`, '', [`Content-Length: ${length}`]))
      const info = 'body: is larger than server.bodyLimit'
      expect(await connection.answer()).to.include({ status: 413, body: errorBody(413, info) })
    })

  it('leaves the connection usable after its refusal, once the body has come', async () => {
    const connection = await openConnection((await serve()).port)
    connection.send(requestText('POST /?SdkAppid=1', '', ['Content-Length: 5']))
    expect((await connection.answer()).status).to.equal(403)
    connection.send('12345')
    connection.send(requestText(`POST /?${ours}`, '{}'))
    expect((await connection.answer()).status).to.equal(200)
  })
})
