import { expect } from 'chai'
import { faultsOf, prepared } from '../../host/support.ts'

const of = (options: string): Promise<string> => faultsOf({}, `  - { use: forward, options: { ${options} } }\n`)
const SECRET = `whsec_${'a'.repeat(32)}`

describe('the options of forward', () => {
  for (const [what, options, expected] of [
    ['no url', '', 'url'],
    ['a URL without scheme', 'url: "127.0.0.1:3000/im"', 'expected a URL that begins with http:// or https://'],
    ['another scheme', 'url: ftp://a', 'expected a URL that begins with http:// or https://'],
    ['no URL', 'url: "http://a:b:c"', 'url: is not a URL'],
    ['a secret with format tencent', `url: http://a, secret: ${SECRET}`, 'secret: format tencent signs with a token'],
    [
      'a token with another format',
      'url: http://a, format: cloudevents, token: abc',
      'token: format cloudevents signs',
    ],
    ['no secret', 'url: http://a, format: standard-webhooks', 'openssl rand'],
    [
      'a short secret',
      'url: http://a, format: standard-webhooks, secret: whsec_YWJj',
      'a key of 24 to 64 bytes, got 3',
    ],
    ['a secret without its prefix', 'url: http://a, format: cloudevents, secret: abcd', 'expected whsec_'],
    ['a header of ours', 'url: http://a, headers: { Timhook-Id: a }', 'headers: Timhook-Id is set by timhook'],
    ['a header of the connection', 'url: http://a, headers: { content-length: a }', 'is set by timhook'],
    ['no name of a header', 'url: http://a, headers: { "a b": c }', '"a b" is not a name of a header'],
    ['a header of two lines', 'url: http://a, headers: { a: "b\\nc" }', 'characters that a header cannot have'],
    ['a rate without unit', 'url: http://a, rate: "100"', 'such as 100/s'],
    ['probes that are too far apart', 'url: http://a, circuit: { probeMs: 1h }', 'probeMs is longer than maxProbeMs'],
    ['TLS without it', 'url: http://a, tls: { ca: x }', 'tls: the url begins with http://'],
    [
      'a missing file',
      'url: https://a, tls: { ca: /none.pem }',
      'tls.ca: is neither PEM nor a file that can be read: ENOENT',
    ],
    ['a certificate without key', 'url: https://a, tls: { cert: /none.pem }', 'tls: cert and key go together'],
  ] as const) {
    it(`are refused at start: ${what}`, async () => {
      expect(await of(options)).to.contain(expected)
    })
  }

  it('are not printed if they are secret', async () => {
    const secret = 'the-secret-of-this-test'
    const options = `url: 'http://me:${secret}1@a', token: ${secret}2, headers: { Authorization: ${secret}3 }, proxy: 'http://b:${secret}4@c'`
    const { mask } = await prepared({}, `  - { use: forward, options: { ${options} } }\n`)
    for (const at of [1, 2, 3, 4]) expect(mask(`x ${secret}${at} y`)).to.equal('x *** y')
  })

  it('say which phase is handled: before-callbacks only with decide', async () => {
    const { plugins } = await prepared(
      {},
      '  - { use: forward, options: { url: http://a } }\n  - { use: forward, id: b, options: { url: http://a, decide: true, timeout: 3s } }\n',
    )
    const specs = plugins.map(({ specs: own }) => own.get('*'))
    expect(specs.map((spec) => spec?.phase)).to.deep.equal(['after', undefined])
    expect(specs.map((spec) => spec?.timeoutMs)).to.deep.equal([undefined, 5000])
  })
})
