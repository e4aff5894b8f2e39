import { expect } from 'chai'
import * as fc from 'fast-check'
import { makeUserSig, UserSigner } from '../../core/rest/client/usersig.ts'
import { decodeUserSig, isSignedBy } from '../fakes/tencent-rest/usersig.ts'

// The public sample key of Tencent's own repositories.
const KEY = '5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e'
const settings = { sdkAppId: 1400000000, secretKey: KEY, identifier: 'administrator' }
const FIELDS = {
  'TLS.ver': '2.0',
  'TLS.identifier': 'administrator',
  'TLS.sdkappid': 1400000000,
  'TLS.time': 1700000000,
  'TLS.expire': 86400,
  'TLS.sig': 'yLAe+w7WUeUuqbV9h/TX78u21oTGi+i9Zp1u3PpnY60=',
}
// What the official Node and Python libraries make of it: their zlibs differ, their contents do not.
const NODE =
  'eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgZQAJEpycxNVbIyNEcVTa0oyCxKVbKyMDOBCRVnpitZKVX6OKZql5uHh6aGlhYmhVlm6IdEmFuUGhnmh7hnamdaRhUYlhoHFORFmhnYKtUCAK0SM5I_'
const PYTHON =
  'eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkElNyM-Myi0uKEkvyi2BKilOyEwsKMlOACgxNDKAAKpdaUZBZlAqUsTAzgQuWZOaChAzN0RQXZ6aDLKn0cUzVLjcPD00NLS1MCrPM0A*JMLcoNTLMD3HP1M60jCowLDUOKMiLNDOwVaoFAD4PNPI_'

describe('a UserSig', () => {
  it('holds what the official libraries put into theirs', () => {
    expect(decodeUserSig(makeUserSig(settings, 1700000000))).to.deep.equal(FIELDS)
    for (const official of [NODE, PYTHON]) expect(decodeUserSig(official)).to.deep.equal(FIELDS)
  })

  it('is verified by decoding and signing again', () => {
    const identifier = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !/[\r\n]/.test(text))
    fc.assert(
      fc.property(identifier, fc.string({ minLength: 1 }), fc.nat(), (identifier, secretKey, time) => {
        const usersig = makeUserSig({ sdkAppId: 1400000000, secretKey, identifier }, time)
        const fields = decodeUserSig(usersig)
        expect(usersig).to.match(/^[A-Za-z0-9*_-]+$/)
        expect(fields).to.include({ 'TLS.identifier': identifier, 'TLS.time': time })
        expect(fields && isSignedBy(fields, secretKey)).to.equal(true)
        expect(fields && isSignedBy(fields, `${secretKey}x`)).to.equal(false)
      }),
    )
  })

  it('cannot be made for an identifier that forges lines, or for no time', () => {
    for (const identifier of ['', 'a\nTLS.sdkappid:1', 'a\r']) {
      expect(() => makeUserSig({ ...settings, identifier }, 1)).to.throw(RangeError, 'identifier')
    }
    for (const lifetime of [0, -1, 1.5, NaN]) expect(() => makeUserSig(settings, 1, lifetime)).to.throw(RangeError)
  })
})

describe('the signer', () => {
  const HOUR = 3_600_000

  it('keeps one UserSig, and makes the next while half of its life is left', () => {
    let now = 1_700_000_000_000
    const signer = new UserSigner(settings, () => now)
    const first = signer.current()
    now += 12 * HOUR - 1
    expect(signer.current()).to.equal(first)
    now += 1
    const second = signer.current()
    expect(decodeUserSig(second)?.['TLS.time']).to.equal(1_700_000_000 + 12 * 3600)
    expect(signer.current()).to.equal(second)
  })

  it('makes another when Tencent refuses the present one, once for all calls that hear of it', () => {
    let now = 1_700_000_000_000
    const signer = new UserSigner(settings, () => now)
    const first = signer.current()
    now += 1000
    signer.discard(first)
    const second = signer.current()
    expect(second).not.to.equal(first)
    now += 1000
    signer.discard(first)
    expect(signer.current()).to.equal(second)
  })
})
