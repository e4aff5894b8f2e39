import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import { OWN_COMMANDS } from '../../../core/host/command-spec.ts'
import { prepare } from '../../../core/runtime.ts'
import { folderWith, run, type Ended } from '../../harness/cli.ts'

const CONFIG = `apps: [{ sdkAppId: 7, tokens: ['a-secret-token'] }]
plugins:
  - { use: ./shop.mjs, options: { currency: EUR } }
  - { use: keyword-filter, options: { words: [x] } }
`
const SHOP = `
export default {
  name: 'shop',
  description: 'Keeps a shop',
  options: { type: 'object', properties: { currency: { type: 'string' } } },
  handlers: {},
  commands: {
    sell: {
      description: 'sell things',
      options: {
        type: 'object',
        required: ['thing', 'gift'],
        properties: {
          thing: { type: 'string', minLength: 2, description: 'What to sell' },
          howMany: { type: 'integer', minimum: 1, default: 1, description: 'How many' },
          gift: { type: 'boolean', description: 'Wrap it' },
          size: { enum: ['small', 'large'], description: 'Its size' },
        },
      },
      run: async ({ given, options, apps, store, print, table }) => {
        print({ given, options, apps }, table([{ ...given, currency: options.currency }, { thing: 'paper', howMany: 10 }]))
      },
    },
    find: {
      description: 'find things',
      positional: ['what'],
      options: { type: 'object', required: ['what'], properties: { what: { type: 'string' }, where: { type: 'string' } } },
      run: ({ given, json, print }) => print({ given, json }, JSON.stringify({ given, json })),
    },
    fail: { description: 'fail', run: () => { throw new Error('from the plugin') } },
    stock: { description: 'what is left', view: true, run: async () => [{ thing: 'tea', left: 3 }, { thing: 'paper', left: 12 }] },
    save: { description: 'save', run: async ({ store }) => { await store.set('a', 1) } },
  },
}`

const folder = (files: Record<string, string> = {}): Promise<string> =>
  folderWith({ 'config/plugins.yaml': CONFIG, 'config/shop.mjs': SHOP, ...files })

async function timhook(...args: string[]): Promise<Ended> {
  return run(args, { cwd: await folder() })
}

describe('commands of plugins', () => {
  it('return rows from a view, which are printed as a table or as JSON', async () => {
    const text = await timhook('shop', 'stock')
    expect(text.stdout.split('\n').map((line) => line.trim().split(/ +/))).to.deep.include(['paper', '12'])
    expect(JSON.parse((await timhook('shop', 'stock', '--json')).stdout)).to.deep.equal([
      { thing: 'tea', left: 3 },
      { thing: 'paper', left: 12 },
    ])
  })

  it('get what was given, by the types of their schema, the plugin’s options, and apps without secrets', async () => {
    const args = ['sell', '--thing', 'tea', '--how-many', '3', '--gift', '--size', 'large', '--json']
    const { code, stdout } = await timhook('shop', ...args)
    expect(code).to.equal(0)
    expect(JSON.parse(stdout)).to.deep.equal({
      given: { thing: 'tea', howMany: 3, gift: true, size: 'large' },
      options: { currency: 'EUR' },
      apps: [{ sdkAppId: 7, unsigned: false }],
    })
  })

  it('take positional options with and without their flag, and see --json', async () => {
    for (const args of [
      ['tea', '--where', 'x'],
      ['--where', 'x', 'tea'],
      ['--what', 'tea', '--where', 'x'],
    ]) {
      const { stdout } = await timhook('shop', 'find', ...args)
      expect(JSON.parse(stdout)).to.deep.equal({ given: { what: 'tea', where: 'x' }, json: false })
    }
    expect(JSON.parse((await timhook('shop', 'find', 'tea', '--json')).stdout)).to.deep.equal({
      given: { what: 'tea' },
      json: true,
    })
    expect((await timhook('shop', 'find')).stderr).to.include('--what: required key is missing')
  })

  it('print tables, with defaults filled in', async () => {
    const { stdout } = await timhook('shop', 'sell', '--thing', 'tea')
    expect(stdout).to.equal('gift   thing  howMany  currency\nfalse  tea    1        EUR\n       paper  10\n')
  })

  it('print nothing that a terminal would obey', async () => {
    const args = ['sell', '--thing', 'te\u001b[31ma\u202e', '--gift']
    const { stdout } = await timhook('shop', ...args)
    expect(stdout).to.include('te\\u001b[31ma\\u202e')

    for (const character of ['\u001b', '\u202e']) expect(stdout).not.to.include(character)
    const json = await timhook('shop', ...args, '--json')
    for (const character of ['\u001b', '\u202e']) expect(json.stdout).not.to.include(character)
    expect((JSON.parse(json.stdout) as { given: object }).given).to.include({ thing: 'te\u001b[31ma\u202e' })
  })

  it('have their own help', async () => {
    const { code, stdout } = await timhook('shop', '--help')
    expect(code).to.equal(0)
    expect(stdout).to.match(/Usage: timhook shop[\s\S]*Keeps a shop[\s\S]*sell \[options\] +sell things/)
    const sell = (await timhook('shop', 'sell', '--help')).stdout
    expect(sell).to.match(
      /--thing <text> +What to sell\n +--how-many <number> +How many \(default: 1\)\n +--gift +Wrap it\n/,
    )
    expect(sell).to.match(/--size <small\|large> +Its size[\s\S]*--config <file>[\s\S]*--json/)
  })

  for (const [what, args, expected] of [
    ['a missing option', ['sell'], /required option '--thing <text>'/],
    [
      'an option out of bounds',
      ['sell', '--thing', 'tea', '--how-many', '0'],
      /^--how-many: expected integer of at least 1/,
    ],
    ['a text that is no number', ['sell', '--thing', 'tea', '--how-many', 'x'], /Expected a number/],
    ['a text that is too short', ['sell', '--thing', 't'], /^--thing: expected string of at least 2 characters/],
    ['a choice that is none', ['sell', '--thing', 'tea', '--size', 'big'], /Allowed choices are small, large/],
    ['an option that is none', ['sell', '--thing', 'tea', '--thin', 'x'], /unknown option '--thin'/],
    ['a command that is none', ['sel'], /unknown command 'sel'\n\(Did you mean sell\?\)/],
    ['no command', [], /Usage: timhook shop/],
  ] as const) {
    it(`refuse ${what} with exit status 2`, async () => {
      const { code, stdout, stderr } = await timhook('shop', ...args)
      expect([code, stdout]).to.deep.equal([2, ''])
      expect(stderr).to.match(expected)
    })
  }

  it('end with 1 when they fail', async () => {
    const { code, stderr } = await timhook('shop', 'fail')
    expect(code).to.equal(1)
    expect(stderr).to.include('from the plugin')
  })

  it('cannot write if the server has not created its file yet', async () => {
    const { code, stderr } = await timhook('shop', 'save')
    expect(code).to.equal(1)
    expect(stderr).to.match(/^there is no .*timhook\.db yet\n {2}The server creates it when it starts\./)
  })

  it('are looked up by the ids of the config: any other name is an unknown command', async () => {
    const { code, stderr } = await timhook('strat')
    expect([code, stderr]).to.deep.equal([2, "error: unknown command 'strat'\n(Did you mean start?)\n"])
    const without = await run(['strat'], { cwd: await folderWith({}) })
    expect([without.code, without.stderr]).to.deep.equal([2, stderr])
  })

  it('are reported missing if a plugin has none', async () => {
    const { code, stderr } = await timhook('keyword-filter', 'report')
    expect([code, stderr]).to.deep.equal([2, 'plugin keyword-filter has no commands\n'])
  })

  it('are not run with a faulty config, nor with a missing one', async () => {
    const cwd = await folder({ 'config/plugins.yaml': `${CONFIG}serverr: {}\n` })
    const faulty = await run(['shop', 'fail'], { cwd })
    expect(faulty.code).to.equal(78)
    expect(faulty.stderr).to.include('serverr')
    expect((await run(['shop', 'fail', '--config', 'no.yaml'], { cwd })).code).to.equal(78)
    for (const named of ['--config=no.yaml', '-cno.yaml']) {
      expect((await run(['shop', 'fail', named], { cwd })).code, named).to.equal(78)
    }
  })

  const told = { description: 'a', run: () => undefined }
  const options = (properties: object): object => ({ a: { ...told, options: { type: 'object', properties } } })
  for (const [what, commands, expected] of [
    ['is no object', 5, /commands is not an object/],
    ['has no description', { a: { run: told.run } }, /command a: expected an object with `description` and `run`/],
    ['does nothing', { a: { description: 'a' } }, /command a: expected an object with `description` and `run`/],
    ['has a name that cannot be typed', { 'A b': told }, /"A b" is not a valid name of a command/],
    ['is called help', { help: told }, /"help" is not a valid name of a command/],
    [
      'has an option of every command',
      options({ json: { type: 'boolean' } }),
      /"json" cannot be the name of an option/,
    ],
    ['has an option that cannot be typed', options({ 'a b': { type: 'string' } }), /"a b" cannot be the name of an/],
    [
      'has an option that is a list',
      options({ x: { type: 'array' } }),
      /option x is not a text, number, enum or boolean/,
    ],
    [
      'has choices that are no texts',
      options({ x: { enum: [1, 2] } }),
      /option x is not a text, number, enum or boolean/,
    ],
    [
      'has options that are no object',
      { a: { ...told, options: { type: 'string' } } },
      /options is not the schema of an/,
    ],
  ] as const) {
    it(`are refused by check if one ${what}`, async () => {
      const use = { name: 'x', handlers: {}, commands }
      const reading = checkConfig({ apps: [{ sdkAppId: 7, unsigned: true }], plugins: [{ use }] }, { env: {} })
      const refused: unknown = await prepare(reading).catch((error: unknown) => error)
      expect(String(refused)).to.match(expected)
    })
  }

  it('are refused by check when the id is a command of timhook itself', async () => {
    const shop = SHOP.replace("name: 'shop'", "name: 'events'")
    const { code, stderr } = await run(['check'], { cwd: await folder({ 'config/shop.mjs': shop }) })
    expect(code).to.equal(78)
    expect(stderr).to.match(/plugins\.yaml:3:\d+ plugins\[0\]\.use: .*the id "events" is a command of timhook itself/)
  })

  it('cannot replace timhook’s own, all of which are known', async () => {
    const { stdout } = await timhook('--help')
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) [[<\s]/gm)].map(([, name]) => name)
    expect(names).to.include.members(['start', 'trigger', 'help'])
    expect(OWN_COMMANDS).to.include.members(names)
  })

  it('cost --help nothing: neither the config nor a schema is loaded for it', async () => {
    const cwd = await folder()
    const loaded = async (...args: string[]): Promise<string> => {
      // What Node has compiled, whether it was imported or required.
      const into = join(cwd, `loaded-${args[0]}`)
      expect((await run(args, { cwd, env: { NODE_V8_COVERAGE: into } })).code).to.equal(0)
      const [file = ''] = await readdir(into)
      const { result } = JSON.parse(await readFile(join(into, file), 'utf8')) as { result: { url: string }[] }
      return result.map(({ url }) => url).join('\n')
    }
    expect(await loaded('--help'))
      .to.include('core/cli/main.js')
      .and.not.match(/typebox|yaml|plugin-command|shop\.mjs/)
    expect(await loaded('shop', '--help'))
      .to.match(/typebox/)
      .and.match(/shop\.mjs/)
  })
})
