import { expect } from 'chai'
import { sign, signatureFault } from '../../core/signature.ts'
import { refusalText } from '../harness/answers.ts'
import { serve, signed, SIGNED_APP } from '../harness/server.ts'

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
      if (status === 401) expect(reply.text).to.equal(refusalText(401, outside))
    })

  it('is as wide as the config says', async () => {
    const apps = [{ sdkAppId: SIGNED_APP, tokens: ['t'], signatureWindow: '5m' }]
    const { post } = await serve({ apps })
    expect((await post('X.Y', {}, signed('t', Date.now() - 290_000))).status).to.equal(200)
    expect((await post('X.Y', {}, signed('t', Date.now() - 301_000))).status).to.equal(401)
  })

  it('includes its boundary, both ways, to the millisecond', () => {
    const RequestTime = '1669872112'
    const settings = { tokens: ['t'], signatureWindow: 60_000 }
    const at = (ms: number) =>
      signatureFault(settings, { Sign: sign('t', RequestTime), RequestTime }, Number(RequestTime) * 1000 + ms)
    expect([at(-60_000), at(60_000)]).to.deep.equal([undefined, undefined])
    expect([at(-60_001), at(60_001)]).to.deep.equal([outside, outside])
  })

  it('is not told to those who hold no token', async () => {
    const { post } = await serve()
    const { RequestTime = '' } = signed(undefined, 0)
    const reply = await post('X.Y', {}, { SdkAppid: `${SIGNED_APP}`, Sign: sign('foreign', RequestTime), RequestTime })
    expect(reply.text).to.equal(refusalText(401, 'Sign: does not match'))
  })
})
