import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import { defineConfig } from '../../../config/schema/schema.ts'
import { importConfig } from '../../../config/read/import-config.ts'
import { checkConfig } from '../../../config/read/read.ts'
import { folderWith, run } from '../../harness/cli.ts'
import { faultsOf, inFolder, lines, read } from '../support.ts'

const app = { sdkAppId: 5, unsigned: true }

describe('config: a module', () => {
  it('exports the config as its default', async () => {
    const { config } = await read(`export default { apps: [{ sdkAppId: 5, tokens: ['\${T}'] }] }`, {
      name: 'c.mjs',
      env: { T: 'abcd' },
    })
    expect(config?.apps[0]).to.deep.include({ sdkAppId: 5, tokens: ['abcd'] })
  })

  it('may be CommonJS', async () => {
    expect(
      (await read('module.exports = { apps: [{ sdkAppId: 5, unsigned: true }] }', { name: 'c.cjs' })).config?.apps,
    ).to.have.length(1)
  })

  it('may hold a plugin, which is handed on as it is', async () => {
    const text = `const plugin = { name: 'p', handlers: {}, text: '\${NOT_A_VARIABLE}' }
export default { apps: [{ sdkAppId: 5, unsigned: true }], plugins: [{ use: plugin }] }`
    const { config, plugins } = await read(text, { name: 'c.mjs' })
    expect(config?.plugins[0]?.use).to.deep.equal({ name: 'p', handlers: {}, text: '${NOT_A_VARIABLE}' })
    expect(plugins[0]?.use).to.equal(config?.plugins[0]?.use)
  })

  it('has faults with paths and without lines', async () => {
    expect(await faultsOf('export default { apps: [{ sdkAppId: "x" }] }', { name: 'c.mjs' })).to.deep.equal([
      'c.mjs apps[0].sdkAppId: expected an SdkAppID such as 1400000000, got "x"',
      "c.mjs apps[0]: has no tokens: add tokens: ['…'] with the authentication token of the console's callback settings, or unsigned: true to accept callbacks that anyone could have sent",
    ])
  })

  it('is faulted by cause when it cannot be imported', async () => {
    expect(await faultsOf('throw new Error("no luck with https://u:hush@h/")', { name: 'c.mjs' })).to.deep.equal([
      'c.mjs: cannot be imported (Error: no luck with https://u:***@h/)',
    ])
    expect((await faultsOf('export default {', { name: 'c.mjs' }))[0]).to.include('cannot be imported (SyntaxError: ')
    expect((await faultsOf("import './no.mjs'", { name: 'c.mjs' }))[0]).to.include('Cannot find module')
    expect((await faultsOf('throw 5', { name: 'c.mjs' }))[0]).to.include('(5)')
  })

  it('is faulted where an await in it does not end, whether or not something keeps the process alive', async () => {
    await inFolder({ 'c.mjs': 'await new Promise(() => {})' }, async (cwd) => {
      const { faults } = await importConfig(join(cwd, 'c.mjs'), 20)
      expect(faults).to.deep.equal([{ path: [], message: 'an await at the top level of the module does not end' }])
    })
    const cwd = await folderWith({ 'c.mjs': 'await new Promise(() => {})' })
    const { code, stderr } = await run(['check', '--config', 'c.mjs'], { cwd })
    expect([code, stderr]).to.deep.equal([78, 'c.mjs: an await at the top level of the module does not end\n'])
  })

  it('is faulted where a getter or a Proxy in it throws, and ends what it has left running', async () => {
    const app = '{ sdkAppId: 5, unsigned: true }'
    for (const [text, fault] of [
      ['{ get apps() { throw new Error("no") } }', 'c.mjs apps: cannot be read (Error: no)'],
      ['new Proxy({}, { ownKeys() { throw new Error("trap") } })', 'c.mjs: cannot be read (Error: trap)'],
      ['{ apps: new Proxy([], { get: (_, key) => key === "length" ? 4e9 : [] }) }', 'c.mjs apps: is too large'],
      ['{ apps: new Array(4e9) }', 'c.mjs apps: is too large'],
      [
        `{ apps: [${app}], plugins: [{ use: { name: 'p', handlers: { get '*'() { throw new Error('no') } } } }] }`,
        'c.mjs plugins[0].use: cannot be read (Error: no)',
      ],
      [
        `{ apps: [${app}], plugins: [{ use: new Proxy({}, { getPrototypeOf() { throw new Error('no') } }) }] }`,
        'c.mjs plugins[0].use: cannot be read (Error: no)',
      ],
      ['{ apps: { get host() { throw Object.create(null) } } }', 'something that has no text'],
    ] as const) {
      expect((await faultsOf(`export default ${text}`, { name: 'c.mjs' }))[0], text).to.include(fault)
    }
    const cwd = await folderWith({ 'c.mjs': 'setInterval(() => {}, 1000)\nexport default { get apps() { throw 1 } }' })
    const { code, stderr } = await run(['check', '--config', 'c.mjs'], { cwd })
    expect([code, stderr]).to.deep.equal([78, 'c.mjs apps: cannot be read (1)\n'])
  })

  it('may hold a plugin that contains itself', async () => {
    const text = `const plugin = { name: 'p', handlers: {} }
plugin.self = plugin
export default { apps: [{ sdkAppId: 5, unsigned: true }], plugins: [{ use: plugin }] }`
    expect((await read(text, { name: 'c.mjs' })).config?.plugins).to.have.length(1)
  })

  it('is told once that it goes too deep', async () => {
    const text = `const endless = { get: () => new Proxy({}, endless), ownKeys: () => ['a', 'b'],
  getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) }
export default { apps: [{ sdkAppId: 5, unsigned: true, tokens: new Proxy({}, endless) }] }`
    const faults = await faultsOf(text, { name: 'c.mjs' })
    expect(faults.filter((line) => line.includes('nested more than'))).to.have.length(1)
  })

  it('must have a default export that is an object', async () => {
    for (const text of ['export const apps = []', 'export default 5', 'export default () => ({})']) {
      expect((await faultsOf(text, { name: 'c.mjs' }))[0]).to.include('expected a default export that is a config')
    }
  })
})

describe('config: an object', () => {
  it('is checked like a file', () => {
    const { config, file, folder } = checkConfig(defineConfig({ apps: [app], server: { bodyLimit: '2kb' } }), {
      env: {},
    })
    expect(config?.server.bodyLimit).to.equal(2048)
    expect({ file, folder }).to.deep.equal({ file: 'config', folder: process.cwd() })
    expect(lines(checkConfig({ apps: [] }, { env: {} }))).to.deep.equal([
      'config apps: expected a list of at least one app, got an empty list',
    ])
  })

  it('may come from another realm, such as that of a test runner', () => {
    const input: unknown = runInNewContext('({ apps: [{ sdkAppId: 5, unsigned: true }], server: { port: 1 } })')
    expect(checkConfig(input as never, { env: {} }).config?.server.port).to.equal(1)
  })

  it('takes its relative paths and its name from the file it came from', () => {
    const reading = checkConfig({ apps: [] }, { env: {}, file: join(process.cwd(), 'a', 'b.mjs') })
    expect(reading).to.include({ file: join('a', 'b.mjs'), folder: join(process.cwd(), 'a') })
  })

  it('may hold functions, instances and undefined', () => {
    const [when, run] = [new Date(), () => 1]
    const config = { apps: [app], server: undefined, plugins: [{ use: 'a', options: { when, run, gone: undefined } }] }
    // A JavaScript author's config: the types would not let an undefined section through.
    const reading = checkConfig(config as never, { env: {} })
    expect(reading.config?.plugins[0]?.options).to.include({ when, run })
  })

  it('is not changed', () => {
    const input = { apps: [{ sdkAppId: 5, tokens: ['${T}'] }] }
    checkConfig(input, { env: { T: 'abcd' } })
    expect(input).to.deep.equal({ apps: [{ sdkAppId: 5, tokens: ['${T}'] }] })
  })

  it('that contains itself, or is no object, is a fault', () => {
    const options: Record<string, unknown> = {}
    options.options = options
    expect(lines(checkConfig({ apps: [app], plugins: [{ use: 'a', options }] }, { env: {} }))).to.deep.equal([
      'config plugins[0].options.options: is nested more than 64 levels deep',
    ])
    for (const input of [undefined, null, 5, 'x', []])
      expect(checkConfig(input as never, { env: {} }).faults.length).to.be.greaterThan(0)
  })

  it('of a size beyond reason is a fault', () => {
    const options = { rows: Array.from({ length: 100_001 }, () => []) }
    expect(lines(checkConfig({ apps: [app], plugins: [{ use: 'a', options }] }, { env: {} }))).to.deep.equal([
      'config plugins[0].options.rows: is too large',
    ])
  })

  it('refuses a plugin without a name or handlers', () => {
    for (const use of [{}, { name: 'x' }, { name: '', handlers: {} }, { name: 'x', handlers: 5 }]) {
      expect(lines(checkConfig({ apps: [app], plugins: [{ use }] }, { env: {} }))[0]).to.include(
        'plugins[0].use: expected the name of',
      )
    }
  })
})

describe('config: a file of text', () => {
  it('cannot hold a plugin', async () => {
    const [line, ...others] = await faultsOf(
      'apps: [{ sdkAppId: 5, unsigned: true }]\nplugins: [{ use: { name: x, handlers: {} } }]',
    )
    expect(others).to.deep.equal([])
    expect(line).to.match(/^c\.yaml:2:18 plugins\[0\]\.use: expected the name of .* got an object$/)
  })
})
