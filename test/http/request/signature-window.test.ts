import { expect } from 'chai'
import { createSignatureCheck, sign } from '../../../core/http/request/signature.ts'
import { errorBody } from '../../harness/answers.ts'
import { serve, signed, SIGNED_APP } from '../../harness/server.ts'

const outside = 'RequestTime: outside the time window; check the clock of this machine'

describe('the time window of a signature', () => {
  for (const [seconds, status] of [
    [-3600, 401],
    [-61, 401],
    [-58, 200],
    [58, 200],
    [62, 401],
    [3600, 401],
  ] as const)
    it(`${status === 200 ? 'takes' : 'refuses'} a request of ${seconds} s from now by default`, async () => {
      const { post } = await serve()
      const reply = await post('X.Y', {}, signed(undefined, Date.now() + seconds * 1000))
      expect(reply.status).to.equal(status)
      if (status === 401) expect(reply.text).to.equal(errorBody(401, outside))
    })

  it('is as wide as the config says', async () => {
    const apps = [{ sdkAppId: SIGNED_APP, tokens: ['t'], signatureWindow: '5m' }]
    const { post } = await serve({ apps })
    expect((await post('X.Y', {}, signed('t', Date.now() - 290_000))).status).to.equal(200)
    expect((await post('X.Y', {}, signed('t', Date.now() - 301_000))).status).to.equal(401)
  })

  it('includes its boundary, both ways, to the millisecond', () => {
    const RequestTime = '1669872112'
    const check = createSignatureCheck({ tokens: ['t'], signatureWindow: 60_000 })
    const at = (ms: number) => check(sign('t', RequestTime), RequestTime, Number(RequestTime) * 1000 + ms)
    expect([at(-60_000), at(60_000)]).to.deep.equal([undefined, undefined])
    expect([at(-60_001), at(60_001)]).to.deep.equal([outside, outside])
  })

  it('ends for a second that was valid before', () => {
    const check = createSignatureCheck({ tokens: ['t'], signatureWindow: 60_000 })
    const RequestTime = '1669872112'
    const laterMs = [0, 60_001, 30_000].map((ms) => 1_669_872_112_000 + ms)
    expect(laterMs.map((nowMs) => check(sign('t', RequestTime), RequestTime, nowMs))).to.deep.equal([
      undefined,
      outside,
      undefined,
    ])
  })

  it('holds for a Sign of another second or token, also once the right one was seen', () => {
    const check = createSignatureCheck({ tokens: ['old', 'new'], signatureWindow: 60_000 })
    const fault = (token: string, second: number, RequestTime = String(second)) =>
      check(sign(token, String(second)), RequestTime, second * 1000)
    for (let second = 1_669_872_000; second < 1_669_873_000; second++) {
      expect([fault('old', second), fault('new', second)]).to.deep.equal([undefined, undefined])
      expect(fault('foreign', second)).to.equal('Sign: does not match')
      expect(fault('new', second, String(second - 1))).to.equal('Sign: does not match')
    }
  })

  it('is not told to those who hold no token', async () => {
    const { post } = await serve()
    const { RequestTime = '' } = signed(undefined, 0)
    const reply = await post('X.Y', {}, { SdkAppid: `${SIGNED_APP}`, Sign: sign('foreign', RequestTime), RequestTime })
    expect(reply.text).to.equal(errorBody(401, 'Sign: does not match'))
  })
})
