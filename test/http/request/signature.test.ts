import { expect } from 'chai'
import { sign } from '../../../core/http/request/signature.ts'
import { OK_TEXT, errorBody } from '../../harness/answers.ts'
import { recorder } from '../../harness/recorder.ts'
import { type Reply, serve, signed, SIGNED_APP, type TestServer, TOKENS } from '../../harness/server.ts'

const now = (): string => `${Math.floor(Date.now() / 1000)}`

function post({ request }: TestServer, parameters: Record<string, string>): Promise<Reply> {
  const query = new URLSearchParams({ SdkAppid: `${SIGNED_APP}`, CallbackCommand: 'X.Y', ...parameters }).toString()
  return request(`/?${query}`, { method: 'POST', body: '{}' })
}

describe('the signature of a callback', () => {
  it("is Tencent's: the published vector is accepted", async () => {
    const server = await serve({ apps: [{ sdkAppId: SIGNED_APP, tokens: ['xxxxyyyy'], signatureWindow: '20000d' }] })
    const Sign = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061'
    expect((await post(server, { Sign, RequestTime: '1669872112' })).text).to.equal(OK_TEXT)
    expect((await post(server, { Sign, RequestTime: '1669872113' })).status).to.equal(401)
  })

  for (const [index, token] of TOKENS.entries())
    it(`may be made with token ${index + 1} of several`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      expect((await post(server, signed(token))).text).to.equal(OK_TEXT)
      expect((await called).signed).to.equal(true)
    })

  it('may be in upper case', async () => {
    const server = await serve()
    const { Sign = '', RequestTime = '' } = signed()
    expect((await post(server, { Sign: Sign.toUpperCase(), RequestTime })).status).to.equal(200)
  })

  it('is of the RequestTime as it is written: leading zeros belong to it', async () => {
    const server = await serve()
    const RequestTime = `0${now()}`
    expect((await post(server, { Sign: sign(TOKENS[0] ?? '', RequestTime), RequestTime })).status).to.equal(200)
    expect((await post(server, { Sign: sign(TOKENS[0] ?? '', now()), RequestTime })).status).to.equal(401)
  })

  const required = 'Sign and RequestTime are required for this app'
  const wrong: [string, (genuine: Record<string, string>) => Record<string, string>, string][] = [
    ['without Sign and RequestTime', () => ({}), required],
    ['without Sign', ({ RequestTime = '' }) => ({ RequestTime }), required],
    ['without RequestTime', ({ Sign = '' }) => ({ Sign }), required],
    ['with an empty Sign', ({ RequestTime = '' }) => ({ Sign: '', RequestTime }), required],
    [
      'with a shorter Sign',
      (it) => ({ ...it, Sign: it['Sign']?.slice(1) ?? '' }),
      'Sign: expected 64 hexadecimal digits',
    ],
    ['with a longer Sign', (it) => ({ ...it, Sign: `${it['Sign']}0` }), 'Sign: expected 64 hexadecimal digits'],
    [
      'with a Sign that is not hexadecimal',
      (it) => ({ ...it, Sign: 'g'.repeat(64) }),
      'Sign: expected 64 hexadecimal digits',
    ],
    ['with a Sign of wide letters', (it) => ({ ...it, Sign: 'é'.repeat(64) }), 'Sign: expected 64 hexadecimal digits'],
    [
      'with a Sign of other letters whose low bytes are those of the right one',
      (it) => ({ ...it, Sign: (it['Sign'] ?? '').replaceAll(/./g, (c) => String.fromCharCode(c.charCodeAt(0) + 256)) }),
      'Sign: expected 64 hexadecimal digits',
    ],
    [
      'with a line end after Sign',
      (it) => ({ ...it, Sign: `${it['Sign']}\n` }),
      'Sign: expected 64 hexadecimal digits',
    ],
    [
      'with a Sign by a foreign token',
      ({ RequestTime = '' }) => ({ Sign: sign('foreign', RequestTime), RequestTime }),
      'Sign: does not match',
    ],
    [
      'with another RequestTime',
      (it) => ({ ...it, RequestTime: `${Number(it['RequestTime']) + 1}` }),
      'Sign: does not match',
    ],
  ]
  for (const [what, change, reason] of wrong)
    it(`is refused ${what}`, async () => {
      const server = await serve()
      const reply = await post(server, change(signed()))
      expect([reply.status, reply.text]).to.deep.equal([401, errorBody(401, reason)])
    })

  for (const RequestTime of ['abc', '1234567890123', `-${now()}`, `${now()}.5`, '1e9', ' ', `${now()}\n`, '١٢٣'])
    it(`is refused with the RequestTime ${JSON.stringify(RequestTime)}, even when that is signed`, async () => {
      const server = await serve()
      const reply = await post(server, { Sign: sign(TOKENS[0] ?? '', RequestTime), RequestTime })
      expect([reply.status, reply.text]).to.deep.equal([
        401,
        errorBody(401, 'RequestTime: expected seconds since 1970'),
      ])
    })

  it('is not asked for by an app that says it is unsigned', async () => {
    const { plugins, next } = recorder()
    const server = await serve({ plugins })
    const called = next()
    expect((await server.post('X.Y', {}, { Sign: 'whatever', RequestTime: 'x' })).status).to.equal(200)
    expect((await called).signed).to.equal(false)
  })
})
