import { expect } from 'chai'
import { errorBody } from '../../harness/answers.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

const foreign = errorBody(403, 'SdkAppid: not one of the configured apps')

describe('the app of a callback', () => {
  const others: [string, string][] = [
    ['another number', '1400000009'],
    ['a leading zero', `0${UNSIGNED_APP}`],
    ['a number written otherwise', '1.400000001e9'],
    ['a hexadecimal number', `0x${UNSIGNED_APP.toString(16)}`],
    ['decimals', `${UNSIGNED_APP}.0`],
    ['a sign', `%2B${UNSIGNED_APP}`],
    ['a space before', `%20${UNSIGNED_APP}`],
    ['a space after', `${UNSIGNED_APP}+`],
    ['a NUL after', `${UNSIGNED_APP}%00`],
    ['a list', `${UNSIGNED_APP},1400000002`],
    ['nothing', ''],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ]
  for (const [what, value] of others)
    it(`is compared as text: ${what} is refused`, async () => {
      const { request } = await serve()
      const reply = await request(`/?SdkAppid=${value}&CallbackCommand=X.Y`, { method: 'POST', body: '{}' })
      expect([reply.status, reply.text]).to.deep.equal([403, foreign])
    })

  it('is refused when foreign even if no command is given', async () => {
    const { request } = await serve()
    expect((await request('/?SdkAppid=1', { method: 'POST' })).text).to.equal(foreign)
    expect((await request('/?SdkAppid', { method: 'POST' })).text).to.equal(foreign)
  })

  it('has to be named with a command, and the answer names what came instead', async () => {
    const { request } = await serve()
    for (const [query, came] of [
      ['', ''],
      ['&ClientIP=1.1.1.1', ''],
      ['&sdkappid2=1400000001', '; the URL has sdkappid2'],
      ['&app=1&SdkApp=1400000001', '; the URL has SdkApp'],
      ['&Sdk%0AAppid=1400000001', ''],
    ]) {
      const reply = await request(`/?CallbackCommand=X.Y${query}`, { method: 'POST', body: '{}' })
      expect([reply.status, reply.text]).to.deep.equal([403, errorBody(403, `SdkAppid: is required${came}`)])
    }
  })

  it('may be written in the config as text', async () => {
    const { request } = await serve({ apps: [{ sdkAppId: '1400000077', unsigned: true }] })
    const reply = await request('/?SdkAppid=1400000077&CallbackCommand=X.Y', { method: 'POST', body: '{}' })
    expect(reply.status).to.equal(200)
  })
})
