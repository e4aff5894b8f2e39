import { expect } from 'chai'
import { configOf, faultsOf, MINIMAL } from '../support.ts'

const start = (line?: string) => (line ?? '').split(':').slice(0, 3).join(':')

const withAliases = `${MINIMAL}server: { port: &p 5 }
plugins: [{ use: a, options: &o { x: *p } }, { use: b, options: *o }]`

describe('config: YAML', () => {
  const cases: [what: string, text: string, place: string, words: string][] = [
    ['a key given twice', `${MINIMAL}log: {}\nlog: {}\n`, 'c.yaml:3:1', 'given twice'],
    ['an alias of nothing', 'apps: *x', 'c.yaml:1:7', 'valid alias'],
    ['an alias inside what it names', 'a: &a [*a]', 'c.yaml:1:8', 'inside what it names'],
    ['a tab', 'server:\n\tport: 1', 'c.yaml:2:1', 'does not indent with tabs'],
    ['a second document', `${MINIMAL}---\na: 1`, 'c.yaml:2:1', 'one document'],
    ['a tag', 'apps: !secret x', 'c.yaml:1:7', 'starts with ! needs quotes'],
    ['a reserved character', 'apps: @x', 'c.yaml:1:7', 'needs quotes'],
    ['a list that does not end', 'apps: [', 'c.yaml:1:8', 'closing ]'],
    ['a quote that does not end', 'apps: "', 'c.yaml:1:8', 'closing quote'],
    ['a ${…} without quotes in a list', 'apps: [${X}]', 'c.yaml:1:9', "'${NAME}' needs quotes"],
    ['a key that is no text', '[a]: 1', 'c.yaml:1:1', 'key that is a text'],
    ['a key indented too far', 'apps:\n  - sdkAppId: 1\n     unsigned: true\n', 'c.yaml:3:6', 'indented too far'],
    ['one below a long text', 'server:\n  host: a\n\n    b\n    port: 1\n', 'c.yaml:5:5', 'indented too far'],
    ['one below a quoted text', "server:\n  host: 'a'\n    port: 1\n", 'c.yaml:3:1', 'another indentation'],
    ['a colon in a text', 'apps: a: b', 'c.yaml:1:7', 'needs quotes'],
  ]
  for (const [what, text, place, words] of cases) {
    it(`reports ${what} at its place`, async () => {
      const faults = await faultsOf(text)
      expect(start(faults[0]), faults.join('\n')).to.equal(place)
      expect(faults[0]).to.include(words)
    })
  }

  it('reports what else is wrong besides a duplicate key', async () => {
    expect(await faultsOf(`${MINIMAL}server: { port: 1, port: x }`)).to.deep.equal([
      'c.yaml:2:20: this key is given twice',
      'c.yaml:2:26 server.port: expected integer from 0 to 65535, got "x"',
    ])
  })

  it('resolves aliases, and finds faults in what they name', async () => {
    expect((await configOf(withAliases)).plugins.map((plugin) => plugin.options)).to.deep.equal([{ x: 5 }, { x: 5 }])
    expect(await faultsOf(`${MINIMAL}log: &l { levle: warn }\nserver: *l`)).to.deep.equal([
      'c.yaml:2:11 log.levle: unknown key "levle"; did you mean "level"?',
      'c.yaml:2:11 server.levle: unknown key "levle"; expected one of host, port, socketMode, path, deadlineMs, bodyLimit, maxInFlight, maxConnections, trustProxy, allowFrom, drainMs, stallMs, tls',
    ])
  })

  it('follows YAML 1.2: yes is a text, and << a key like others', async () => {
    expect((await faultsOf('apps: [{ sdkAppId: 1, unsigned: yes }]'))[0]).to.include(
      'expected true or false, got "yes"',
    )
    expect((await faultsOf(`${MINIMAL}<<: { log: {} }`))[0]).to.include('unknown key "<<"')
  })

  it('survives aliases that multiply', async () => {
    let text = 'a: &a [x, x, x, x, x, x, x, x, x]\n'
    for (const [name, before] of ['b a', 'c b', 'd c', 'e d', 'f e', 'g f', 'h g'].map((pair) => pair.split(' '))) {
      text += `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]\n`
    }
    expect((await faultsOf(text))[0]).to.include('expand to too much')
  })

  it('survives deep nesting of every kind', async () => {
    const deep = [
      '['.repeat(5000) + ']'.repeat(5000),
      '['.repeat(10_000),
      '{ a: '.repeat(5000),
      '- '.repeat(10_000),
      '? '.repeat(5000),
      Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    ]
    for (const text of deep) expect((await faultsOf(text))[0]).to.include('nested too deeply')
  })

  it('treats keys such as __proto__ and constructor as unknown', async () => {
    expect(await faultsOf(`${MINIMAL}__proto__: { x: 1 }\nserver: { constructor: 1, toString: 2 }`)).to.have.length(3)
    expect((await faultsOf(`${MINIMAL}__proto__: { admin: true }`))[0]).to.include(
      'c.yaml:2:1 __proto__: unknown key "__proto__"',
    )
    const { plugins } = await configOf(`${MINIMAL}plugins: [{ use: a, options: { __proto__: { x: 1 } } }]`)
    expect(Object.keys(plugins[0]?.options ?? {})).to.deep.equal(['__proto__'])
    expect(plugins[0]?.options.x).to.equal(undefined)
  })
})
