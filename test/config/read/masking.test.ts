import { expect } from 'chai'
import { Type } from 'typebox'
import { collectSecrets, maskConfig } from '../../../config/read/mask.ts'
import { maskText } from '../../../config/mask-text.ts'
import { checkConfig } from '../../../config/read/read.ts'
import { MINIMAL, read } from '../support.ts'

const secretsOf = (schema: object, value: unknown) => {
  const secrets = new Set<string>()
  collectSecrets(schema, value, secrets)
  return [...secrets]
}

describe('config: secrets', () => {
  it('are the tokens, inline or from the environment', async () => {
    const { secrets } = await read(`apps: [{ sdkAppId: 1, tokens: [inline-token, '\${T}'] }]`, {
      env: { T: 'env-token' },
    })
    expect([...secrets]).to.have.members(['inline-token', 'env-token'])
  })

  it('are keys, the admin token, passwords in URLs and files, supported yet or not', async () => {
    const { secrets } = await read(
      `server: { host: '\${file:h}' }
admin: { token: admin-token }
apps: [{ sdkAppId: 1, unsigned: true, rest: { identifier: a, secretKey: s3cr3t-key } }]
delivery: { redis: { url: 'redis://u:p%40ss@h:1' } }`,
      { files: { h: 'from-file\n' } },
    )
    expect([...secrets]).to.have.members(['from-file', 'admin-token', 's3cr3t-key', 'p%40ss', 'p@ss'])
  })

  it('are options that a schema marks, wherever they stand in it', () => {
    const Key = Type.String({ secret: true })
    const schema = Type.Object({
      key: Key,
      plain: Type.String(),
      list: Type.Array(Type.Object({ key: Key })),
      pair: Type.Tuple([Type.String(), Key]),
      map: Type.Record(Type.String(), Key),
      any: Type.Union([Type.Number(), Type.Object({ key: Key })]),
      both: Type.Intersect([Type.Object({ key: Key }), Type.Object({ a: Type.String() })]),
      all: Type.Object({ a: Type.String(), n: Type.Number() }, { secret: true }),
      tree: Type.Cyclic({ T: Type.Object({ key: Key, next: Type.Optional(Type.Ref('T')) }) }, 'T'),
    })
    const value = {
      key: 's1',
      plain: 'open',
      list: [{ key: 's2' }],
      pair: ['open', 's3'],
      map: { x: 's4' },
      any: { key: 's5' },
      both: { key: 's6', a: 'open' },
      all: { a: 's7', n: 88 },
      tree: { key: 's9', next: { key: 's10' } },
    }
    expect(secretsOf(schema, value)).to.have.members(['s1', 's2', 's3', 's4', 's5', 's6', 's7', '88', 's9', 's10'])
    expect(secretsOf({ $defs: { a: { anyOf: [{ $ref: 'a' }] } }, $ref: 'a' }, 'x')).to.deep.equal([])
  })

  it('are found in URLs that hold characters a URL should not', () => {
    expect(secretsOf({}, { url: 'redis://:a/b@c%zz@h' })).to.deep.equal(['a/b@c%zz'])
  })

  it('are masked in text, the longest first, and short ones left', () => {
    expect(maskText('abcd abcdef abc x', ['abcd', 'abcdef', 'abc', ''])).to.equal('*** *** abc x')
    expect(maskText('at https://user:hush@host/p and redis://:p@ss@h', [])).to.equal(
      'at https://user:***@host/p and redis://:***@h',
    )
    expect(maskText('http://host:8080/a@b', [])).to.equal('http://host:8080/a@b')
  })

  it('are masked in a printed config', async () => {
    const reading = await read(
      `apps: [{ sdkAppId: 1, tokens: [tok, '\${T}'] }]
server: { host: '\${file:h}' }
plugins: [{ use: a, options: { key: opt-secret, n: 1234, url: 'http://u:hush@h', text: 'a opt-secret b', list: [x] } }]`,
      { env: { T: 'env-token' }, files: { h: 'from-file' } },
    )
    collectSecrets(
      Type.Object({ key: Type.String({ secret: true }), n: Type.Number({ secret: true }) }),
      reading.plugins[0]?.options,
      reading.secrets,
    )
    const printed = maskConfig(reading.config, reading.secrets)
    expect(printed).to.have.nested.property('apps[0].tokens').deep.equal(['***', '***'])
    expect(printed).to.have.nested.property('server.host', '***')
    expect(printed)
      .to.have.nested.property('plugins[0].options')
      .deep.equal({ key: '***', n: '***', url: 'http://u:***@h', text: 'a *** b', list: ['x'] })
    expect(reading.config?.apps[0]?.tokens).to.deep.equal(['tok', 'env-token'])
    expect(maskConfig(reading.config, new Set())).to.have.nested.property('apps[0].tokens').deep.equal(['***', '***'])
  })

  it('are masked next to functions, instances and plugins, which print as names', () => {
    const plugin = { name: 'p', handlers: {} }
    const options = { run: () => 1, when: new Date(0), nothing: null, on: true, big: 5n }
    const { config, secrets } = checkConfig(
      { apps: [{ sdkAppId: 1, unsigned: true }], plugins: [{ use: plugin, options }] },
      { env: {} },
    )
    const printed = maskConfig(config, secrets) as { plugins: unknown[] }
    expect(printed.plugins[0]).to.deep.include({
      use: 'p',
      options: { run: '[function]', when: '[Date]', nothing: null, on: true, big: 5n },
    })
  })

  it('leave a config without secrets as it is', async () => {
    const { config, secrets } = await read(MINIMAL)
    expect(maskConfig(config, secrets)).to.deep.equal(config)
  })
})
