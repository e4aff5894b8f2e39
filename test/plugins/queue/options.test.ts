import { expect } from 'chai'
import { faultsOf, prepared } from '../../host/support.ts'

const of = (options: string): Promise<string> => faultsOf({}, `  - { use: queue, options: { ${options} } }\n`)

describe('the options of queue', () => {
  for (const [what, options, expected] of [
    ['no url', '', 'url'],
    ['another scheme', "url: 'kafka://a'", 'expected amqp://user:password@host/vhost, redis://host:6379/0 or nats://'],
    ['no URL', "url: 'amqp://a:b:c'", 'url: is not a URL'],
    ['an exchange of Redis', "url: 'redis://a', exchange: a", 'exchange: only RabbitMQ (amqp://…) has exchanges'],
    ['a stream of RabbitMQ', "url: 'amqp://a', stream: a", 'stream: is for Redis (redis://…) only'],
    ['a maxLen of JetStream', "url: 'nats://a', maxLen: 5", 'maxLen: is for Redis (redis://…) only'],
    ['TLS without it', "url: 'amqp://a', tls: { ca: x }", 'tls: the url begins with amqp://'],
    [
      'a missing file',
      "url: 'rediss://a', tls: { ca: /none.pem }",
      'tls.ca: is neither PEM nor a file that can be read: ENOENT',
    ],
    ['a certificate without key', "url: 'tls://a', tls: { cert: /none.pem }", 'tls: cert and key go together'],
    ['a file that is no PEM', "url: 'tls://a', tls: { ca: package.json }", 'tls: ca has no certificate in PEM'],
    ['one partition', "url: 'nats://a', partitions: 1", 'partitions'],
    ['an exchange without name', "url: 'amqp://a', exchange: ''", 'exchange'],
  ] as const) {
    it(`are refused at start: ${what}`, async () => {
      expect(await of(options)).to.contain(expected)
    })
  }

  it('print no URL', async () => {
    const url = 'amqp://me:the-secret-of-this-test@a'
    const { mask } = await prepared({}, `  - { use: queue, options: { url: '${url}' } }\n`)
    expect(mask(`x ${url} the-secret-of-this-test`)).to.equal('x *** ***')
  })

  it('leave before-callbacks alone', async () => {
    const { plugins } = await prepared({}, "  - { use: queue, options: { url: 'nats://a', timeout: 3s } }\n")
    const spec = plugins[0]?.specs.get('*')
    expect(spec).to.include({ phase: 'after', timeoutMs: 3000, ordered: true })
  })
})
