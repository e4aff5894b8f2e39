import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { readConfig } from '../../config/read/read.ts'
import { ConfigError } from '../../config/faults.ts'
import { prepare, type Prepared } from '../../core/runtime.ts'
import type { Plugin } from '../../core/plugin.ts'
import { BEFORE, entry, full, FULL } from '../harness/plugin.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { serve } from '../harness/server.ts'

const PLAIN = `
export default {
  name: 'plain',
  options: { type: 'object', properties: { greeting: { type: 'string', default: 'hello' } } },
  setup: ({ options }) => ({ greeting: options.greeting }),
  handlers: {
    '${FULL}': async ({ body, state, options, emit, attempt, app, command }) =>
      emit('saw', { group: body.GroupId, state, options, attempt, app, command }),
  },
}`

/** A folder outside of the project, with a config that uses these plugins. */
async function folder(files: Record<string, string>, plugins: string): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'timhook-load-'))
  stopAfterTest(() => rm(path, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(path, name, '..'), { recursive: true })
    await writeFile(join(path, name), text)
  }
  await writeFile(join(path, 'plugins.yaml'), `apps: [{ sdkAppId: 1, unsigned: true }]\nplugins:\n${plugins}`)
  return path
}

async function prepared(files: Record<string, string>, plugins: string): Promise<Prepared> {
  const path = await folder(files, plugins)
  return prepare(await readConfig(join(path, 'plugins.yaml'), { env: {}, cwd: path }))
}

async function faults(files: Record<string, string>, plugins: string): Promise<string> {
  try {
    await prepared(files, plugins)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}

describe('plugins', () => {
  it('load from a file outside of the project, as a plain object, and get the same context', async () => {
    const path = await folder({ 'my-plugin.mjs': PLAIN }, '')
    const { post, bus } = await serve({
      plugins: [{ use: join(path, 'my-plugin.mjs'), options: { greeting: 'hi' } }],
    })
    const saw = bus.next('plugin:plain:saw')
    await post(FULL, full())
    expect(await saw).to.deep.equal({
      group: '@TGS#1',
      state: { greeting: 'hi' },
      options: { greeting: 'hi' },
      attempt: 1,
      app: { sdkAppId: 1400000001 },
      command: FULL,
    })
  })

  it('load from a path relative to the config, in config order, with options by default', async () => {
    const { plugins } = await prepared(
      { 'sub/a.mjs': PLAIN },
      '  - { use: ./sub/a.mjs, id: second }\n  - use: group-full\n  - { use: ./sub/a.mjs, enabled: false }\n',
    )
    expect(plugins.map(({ id }) => id)).to.deep.equal(['second', 'group-full'])
    expect(plugins[0]?.options).to.deep.equal({ greeting: 'hello' })
  })

  for (const [use, name] of [
    ['crm', 'timhook-plugin-crm'],
    ['timhook-plugin-crm', 'timhook-plugin-crm'],
    ["'@acme/timhook-plugin-crm'", '@acme/timhook-plugin-crm'],
    ["'@acme/crm'", '@acme/timhook-plugin-crm'],
  ] as const) {
    it(`load from a package: use: ${use}`, async () => {
      const { plugins } = await prepared(
        {
          [`node_modules/${name}/package.json`]: JSON.stringify({
            name,
            type: 'module',
            exports: { '.': { import: './main.js' } },
          }),
          [`node_modules/${name}/main.js`]: PLAIN,
        },
        `  - use: ${use}\n`,
      )
      expect(plugins.map(({ id }) => id)).to.deep.equal(['plain'])
    })
  }

  it('load from CommonJS, also compiled', async () => {
    const cjs = `exports.__esModule = true; exports.default = { name: 'old', handlers: { '*'() {} } }`
    const { plugins } = await prepared({ 'old.cjs': cjs }, '  - use: ./old.cjs\n')
    expect(plugins.map(({ id }) => id)).to.deep.equal(['old'])
  })

  for (const [what, files, use, expected] of [
    ['is not there', {}, './no.mjs', /plugins\[0\]\.use: plugin "\.\/no\.mjs" was not found: there is no file/],
    ['is no package', {}, 'nope', /no shipped plugin and no package timhook-plugin-nope; +npm install/],
    ['is misspelt', {}, 'group-ful', /did you mean group-full\?$/],
    ['is written in one word', {}, 'GroupFull', /did you mean group-full\?$/],
    ['has the prefix of a package', {}, 'timhook-plugin-groupfull', /did you mean group-full\?$/],
    ['has a name that is none', {}, "'a b'", /neither a name nor a path/],
    ['does not parse', { 'x.mjs': 'export default {' }, './x.mjs', /plugins\[0\]\.use: /],
    ['throws on import', { 'x.mjs': 'throw new Error("at import")' }, './x.mjs', /at import/],
    [
      'imports what is not installed',
      { 'x.mjs': 'import "no-such-package"' },
      './x.mjs',
      /x\.mjs imports the package no-such-package, which is not installed; npm install no-such-package/,
    ],
    [
      'is TypeScript that Node does not run',
      { 'x.tsx': 'export default 1' },
      './x.tsx',
      /x\.tsx is TypeScript, which Node \d+\.\d+\.\d+ does not run; build it, and name the resulting JavaScript/,
    ],
    [
      'is a package that is not built',
      { 'node_modules/timhook-plugin-crm/package.json': '{ "exports": "./dist/index.js" }' },
      'crm',
      /plugin "crm" was not found: the package timhook-plugin-crm has no file .*index\.js; +Is it built\?/,
    ],
    [
      'is a package whose main file is not there',
      { 'node_modules/timhook-plugin-crm/package.json': '{ "main": "dist/main.js" }' },
      'crm',
      /was not found: the package .*timhook-plugin-crm.* has no main file; +Is it built\?/,
    ],
    [
      'requires what is not installed',
      { 'x.cjs': 'require("no-such-package")' },
      './x.cjs',
      /x\.cjs imports the package no-such-package, which is not installed; npm install no-such-package/,
    ],
    [
      'is CommonJS that exports it by name only',
      { 'x.cjs': 'exports.words = { name: "words", handlers: {} }' },
      './x.cjs',
      /it exports one as words: write `module\.exports = words`/,
    ],
    [
      'exports its parts one by one',
      { 'x.mjs': 'export const name = "x"; export const handlers = {}' },
      './x.mjs',
      /it exports these one by one: write `export default \{ name, handlers \}`/,
    ],
    ['is not built', {}, './dist/x.mjs', /there is no file .*x\.mjs; +Is it built\? A relative path starts from \//],
    ['imports a file that is not there', { 'x.mjs': 'import "./y.mjs"' }, './x.mjs', /y\.mjs, which does not exist/],
    [
      'imports what another version has',
      { 'y.mjs': '', 'x.mjs': 'import { Nothing } from "./y.mjs"' },
      './x.mjs',
      /x\.mjs:1 imports Nothing from \.\/y\.mjs, which has no such export/,
    ],
    ['is CommonJS in an ES module', { 'x.mjs': 'exports.a = 1' }, './x.mjs', /is CommonJS, .*name it \.cjs/],
    [
      'exports it by name only',
      { 'x.mjs': 'export const words = { name: "words", handlers: {} }' },
      './x.mjs',
      /it exports one as words: write `export default words`/,
    ],
    [
      'is for another version',
      { 'x.mjs': 'export default { name: "x", timhook: "^99.1", handlers: {} }' },
      './x.mjs',
      /plugin x: it works with timhook \^99\.1, and this is \d+\.\d+\.\d+; install/,
    ],
    [
      'names a version that is none',
      { 'x.mjs': 'export default { name: "x", timhook: "new", handlers: {} }' },
      './x.mjs',
      /timhook: expected a range of versions/,
    ],
    ['exports nothing', { 'x.mjs': 'export const a = 1' }, './x.mjs', /default export/],
    ['exports a function', { 'x.mjs': 'export default () => 1' }, './x.mjs', /default export/],
    ['has no name', { 'x.mjs': 'export default { handlers: {} }' }, './x.mjs', /`name` and `handlers`/],
    [
      'has a setup that is none',
      { 'x.mjs': "export default { name: 'x', handlers: {}, setup: 1 }" },
      './x.mjs',
      /setup/,
    ],
    [
      'has a close that is none',
      { 'x.mjs': "export default { name: 'x', handlers: {}, close: 1 }" },
      './x.mjs',
      /close/,
    ],
    [
      'has options that are none',
      { 'x.mjs': "export default { name: 'x', handlers: {}, options: 1 }" },
      './x.mjs',
      /schema/,
    ],
    [
      'handles what is no command',
      { 'x.mjs': "export default { name: 'x', handlers: { foo() {} } }" },
      './x.mjs',
      /expected a command/,
    ],
    [
      'handles with a string',
      { 'x.mjs': "export default { name: 'x', handlers: { '*': 'y' } }" },
      './x.mjs',
      /expected a function/,
    ],
    [
      'has an unknown setting',
      { 'x.mjs': "export default { name: 'x', handlers: { '*': { handle() {}, timeout: 1 } } }" },
      './x.mjs',
      /unknown setting "timeout"/,
    ],
    [
      'has a timeout that is none',
      { 'x.mjs': "export default { name: 'x', handlers: { '*': { handle() {}, timeoutMs: '5s' } } }" },
      './x.mjs',
      /timeoutMs: expected a whole number above 0/,
    ],
    [
      'has a retry that ends before it starts',
      { 'x.mjs': "export default { name: 'x', handlers: { '*': { handle() {}, retry: { minMs: 9, maxMs: 1 } } } }" },
      './x.mjs',
      /retry: expected minMs from 0 up to maxMs/,
    ],
    [
      'has an onFailure that is none',
      { 'x.mjs': "export default { name: 'x', handlers: { '*': { handle() {}, onFailure: 'no' } } }" },
      './x.mjs',
      /allow, reject or drop/,
    ],
  ] as const) {
    it(`are refused, with the place, if one ${what}`, async () => {
      const text = await faults(files, `  - use: ${use}\n`)
      expect(text).to.match(/^plugins\.yaml:3:\d+ plugins\[0\]\.use: /)
      expect(text).to.match(expected)
    })
  }

  it('are refused when two have the same id', async () => {
    const text = await faults({ 'a.mjs': PLAIN }, '  - use: ./a.mjs\n  - use: ./a.mjs\n')
    expect(text).to.match(/^plugins\.yaml:4:10 plugins\[1\]\.use: a second plugin with the id "plain"/)
  })

  it('are refused for options that their schema does not accept, at the place of the option', async () => {
    const text = await faults({ 'a.mjs': PLAIN }, '  - use: ./a.mjs\n    options: { greetin: x }\n')
    expect(text).to.match(/^plugins\.yaml:4:16 plugins\[0\]\.options\.greetin: .*did you mean "greeting"/)
  })

  it('are refused when onFailure is not a documented answer to what they handle', async () => {
    const drops = entry('drops', { 'Group.*': { onFailure: 'drop', handle: () => undefined } })
    const failed = await serve({ plugins: [drops] }).catch((error: unknown) => error)
    expect(failed).to.be.instanceOf(ConfigError)
    expect(String(failed)).to.contain('onFailure: drop is not a documented answer to Group.Callback')
    const after = { [FULL]: { onFailure: 'allow', handle: () => undefined } } as unknown as Plugin['handlers']
    const none = await serve({ plugins: [entry('after', after)] }).catch((error: unknown) => error)
    expect(String(none)).to.contain(`onFailure: allow is not a documented answer to ${FULL}`)
    const coded = (code: number, more: object): Plugin['handlers'] =>
      ({ [BEFORE]: { onFailure: { outcome: 'reject', code, ...more }, handle: () => undefined } }) as never
    for (const [handlers, expected] of [
      [coded(120_001, {}), `onFailure: code 120001 is not documented for any callback of ${BEFORE}`],
      [coded(1, { outcome: 'allow' }), 'onFailure: code and info go with reject only'],
      [coded(1, { text: 'x' }), 'onFailure: unknown key "text"'],
      [coded('1' as never, {}), 'onFailure: code: expected a number'],
      [coded(1, { info: 1 }), 'onFailure: info: expected a text'],
    ] as const) {
      const wrong = await serve({ plugins: [entry('coded', handlers)] }).catch((error: unknown) => error)
      expect(String(wrong)).to.contain(expected)
    }
    const entryDrops = entry('entry', { '*': () => undefined, [BEFORE]: () => undefined }, { onFailure: 'drop' })
    const wide = await serve({ plugins: [entryDrops] }).catch((error: unknown) => error)
    expect(String(wide)).to.match(/plugins\[0\]\.onFailure: drop is not a documented answer/)
  })

  it('that handle an unknown command get a warning, with a suggestion', async () => {
    const typo = `export default { name: 'typo', handlers: { 'Group.CallbackAfterGroupFul': () => {} } }`
    const { warnings } = await prepared({ 'typo.mjs': typo }, '  - use: ./typo.mjs\n')
    expect(warnings.join()).to.contain(`not a known callback; did you mean ${FULL}?`)
  })
})
