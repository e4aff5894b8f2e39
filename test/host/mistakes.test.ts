import { expect } from 'chai'
import { BEFORE } from '../harness/plugin.ts'
import { faultsOf, prepared } from './support.ts'

const USE = '  - use: ./x.mjs\n'
const plugin = (more: string): Record<string, string> => ({
  'x.mjs': `export default { name: 'x', handlers: { '${BEFORE}'() {} }, ${more} }`,
})

describe('a mistake in a plugin', () => {
  for (const [what, more, expected] of [
    ['a misspelt key', 'setUp() {}', /plugin x: unknown key "setUp"; did you mean setup\?/],
    ['plain defaults as options', "options: { words: ['a'] }", /plugin x: options is not a schema: .*default: 'x'/],
    ['defaults whose type is no type', "options: { type: 'mask' }", /plugin x: options is not a schema/],
    [
      'an old zod as options',
      'options: { _def: {}, safeParse() {} }',
      /plugin x: options is not a schema.*zod does from/,
    ],
    ['a function as options', 'options: () => ({})', /plugin x: options is not a schema/],
  ] as const) {
    it(`is refused with the plugin's name: ${what}`, async () => {
      expect(await faultsOf(plugin(more), USE)).to.match(expected)
    })
  }

  it('is refused if `handlers` itself is misspelt', async () => {
    const files = { 'x.mjs': "export default { name: 'x', handers: {} }" }
    expect(await faultsOf(files, USE)).to.contain('plugin x: unknown key "handers"; did you mean handlers?')
  })

  for (const [what, more] of [
    ['a JSON Schema', "options: { type: 'object', properties: {} }"],
    ['a schema with no word about types', "options: { description: 'anything' }"],
    ['a union', "options: { anyOf: [{ type: 'object' }] }"],
    ['a reference', "options: { $ref: '#/$defs/A', $defs: { A: { type: 'object' } } }"],
  ] as const) {
    it(`is none: ${what} as options`, async () => {
      expect((await prepared(plugin(more), USE)).warnings).to.deep.equal([])
    })
  }

  it('causes a warning: a key that means nothing, a misspelt category, an unknown category', async () => {
    const files = {
      'x.mjs': "export default { name: 'x', version: 1, handlers: { 'group.*'() {}, 'Groups.*'() {}, 'Zzzz.*'() {} } }",
    }
    const { warnings } = await prepared(files, USE)
    expect(warnings).to.deep.equal([
      'plugins.yaml:3:10 plugins[0].use: plugin x has the key "version", which means nothing here',
      'plugins.yaml:3:10 plugins[0].use: plugin x handles group.*, which covers no known callback; did you mean Group.*?',
      'plugins.yaml:3:10 plugins[0].use: plugin x handles Groups.*, which covers no known callback; did you mean Group.*?',
      'plugins.yaml:3:10 plugins[0].use: plugin x handles Zzzz.*, which covers no known callback',
    ])
  })

  it('causes a warning: `only` that leaves the plugin nothing, or names something unknown', async () => {
    const only = `    only: { commands: ['C2C.*', 'Group.*', ${BEFORE}, group.*, Group.CallbackBeforeSendMsq, '*'] }\n`
    const { warnings } = await prepared(plugin(''), `${USE}${only}`)
    expect(warnings.map((warning) => warning.replace(/^\S+ plugins\[0\]\.only\./, ''))).to.deep.equal([
      `commands[0]: gives plugin x nothing: it handles ${BEFORE}`,
      'commands[3]: names group.*, which covers no known callback; did you mean Group.*?',
      `commands[4]: names Group.CallbackBeforeSendMsq, which is not a known callback; did you mean ${BEFORE}?`,
    ])
  })
})

describe('a plugin that cannot be loaded', () => {
  it('is reported with the place of its syntax error', async () => {
    const text = await faultsOf({ 'x.mjs': 'export default {\n  name: "x",\n  handlers { }\n}\n' }, USE)
    expect(text).to.match(/plugins\[0\]\.use: SyntaxError: .*\(at \S*x\.mjs:3\)$/)
  })

  it('is reported with the place of an import that its module does not export', async () => {
    const text = await faultsOf({ 'x.mjs': "\nimport { no } from './y.mjs'\n", 'y.mjs': 'export const yes = 1' }, USE)
    expect(text).to.match(/use: \S*x\.mjs:2 imports no from \S+, which has no such export/)
  })

  it('is reported with its error, the causes and the place, but no secret of the config', async () => {
    const files = {
      'lib.mjs': `export const fail = () => {
        const refused = Object.assign(new Error('connect 10.0.0.9'), { code: 'ECONNREFUSED' })
        throw new Error('no key s3cr3t-of-a-file', { cause: new TypeError('no database', { cause: refused }) })
      }`,
      'x.mjs': "import { fail } from './lib.mjs'\nfail()",
      key: 's3cr3t-of-a-file',
    }
    const text = await faultsOf(files, `${USE}    options: { key: '\${file:./key}' }\n`)
    expect(text)
      .to.contain('no key ***; caused by TypeError: no database; caused by Error: ECONNREFUSED: connect 10.0.0.9')
      .and.match(/\(at \S*lib\.mjs:3:15\)$/)
  })
})
