import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../config/read/read.ts'
import type { PluginInput } from '../../config/sections/plugins.ts'
import { prepare } from '../../core/runtime.ts'
import { Restarts } from '../../core/isolate/restarts.ts'
import { Suspects } from '../../core/isolate/suspects.ts'
import { folderWith } from '../harness/cli.ts'
import { BEFORE, message } from '../harness/plugin.ts'
import { apps, eventsOf, serve, type TestServer } from '../harness/server.ts'

const base = {
  apps,
  admin: false,
  delivery: { engine: 'memory' },
  server: { port: 0, drainMs: 0, deadlineMs: 60_000 },
} as const

/** A plugin that rejects with this code, as the text of a module. */
const rejects = (code: number): string => `
export default {
  name: 'own',
  setup: ({ log }) => log.info({ code: ${code} }, 'set up'),
  handlers: { '${BEFORE}': ({ reject }) => reject(${code}) },
  close: () => console.log('closed ${code}'),
}`

async function reload({ server }: TestServer, plugins: PluginInput[]): Promise<void> {
  await server.reload(await prepare(checkConfig({ ...base, plugins }, { env: process.env })))
}

async function faultsOf(plugins: PluginInput[]): Promise<string> {
  const reading = checkConfig({ ...base, plugins }, { env: { WORD: 'hidden-word' } })
  return prepare(reading).then(
    () => 'no fault',
    (error: unknown) => (error as Error).message,
  )
}

async function codeOf({ post }: TestServer): Promise<unknown> {
  return (await post(BEFORE, message())).json['ErrorCode']
}

describe('an isolated plugin', () => {
  it('is loaded anew by a reload if its code has changed, and left alone if not', async () => {
    const folder = await folderWith({ 'own.mjs': rejects(10150) })
    const plugins: PluginInput[] = [{ use: join(folder, 'own.mjs'), isolate: 'worker' }]
    const server = await serve({ plugins })
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    await reload(server, plugins)
    expect(await codeOf(server)).to.equal(10150)
    await writeFile(join(folder, 'own.mjs'), rejects(10160))
    await reload(server, plugins)
    expect(await codeOf(server)).to.equal(10160)
    const lines = server.lines
      .filter((line) => /set up|closed/.test(line))
      .map((line) => /1015\d|1016\d/.exec(line)?.[0])
    expect(lines).to.deep.equal(['10150', '10160', '10150'])
    expect(reloaded.map(({ changed, restart }) => ({ changed, restart }))).to.deep.equal([
      { changed: [], restart: [] },
      { changed: ['own'], restart: [] },
    ])
  })

  it('leaves changed code of a plugin beside the server to a restart, which a reload names', async () => {
    const folder = await folderWith({ 'own.mjs': rejects(10150) })
    const plugins: PluginInput[] = [{ use: join(folder, 'own.mjs') }]
    const server = await serve({ plugins })
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    await writeFile(join(folder, 'own.mjs'), rejects(10160))
    await reload(server, plugins)
    expect(await codeOf(server)).to.equal(10150)
    expect(reloaded).to.deep.equal([{ added: [], changed: [], removed: [], restart: ['the code of plugin own'] }])
  })

  it('may say itself where it runs, and the config wins', async () => {
    const own = rejects(10150).replace("name: 'own'", "name: 'own', isolate: 'process'")
    const use = join(await folderWith({ 'own.mjs': own }), 'own.mjs')
    for (const [isolate, level] of [
      [undefined, 'process'],
      ['worker', 'worker'],
      ['none', undefined],
    ] as const) {
      const server = await serve({ plugins: [{ use, ...(isolate && { isolate }) }] })
      expect(server.server.running.registry.plugins[0]?.isolation?.health().level).to.equal(level)
      expect(await codeOf(server)).to.equal(10150)
    }
  })

  it('has the faults that it has beside the server, without what the config keeps secret', async () => {
    const files = {
      'exits.mjs': 'process.exit(0)',
      'syntax.mjs': 'export default {',
      'options.mjs': `export default { name: 'o', handlers: {}, options: { type: 'object', required: ['n'], properties: { n: { type: 'number' }, word: { type: 'string', maxLength: 3 } } } }`,
      'setup.mjs': `export default { name: 's', handlers: {}, setup() { throw new Error('no database') } }`,
    }
    const folder = await folderWith(files)
    const at = (name: string, more: object = {}): PluginInput[] => [
      { use: join(folder, name), isolate: 'worker', ...more },
    ]
    expect(await faultsOf(at('exits.mjs'))).to.contain("the plugin's thread or process exited with status 0")
    expect(await faultsOf(at('syntax.mjs'))).to.contain('syntax.mjs:1')
    const faults = await faultsOf(at('options.mjs', { options: { word: '${WORD}' } }))
    expect(faults)
      .to.contain('plugins[0].options.n')
      .and.contain('plugins[0].options.word')
      .and.not.contain('hidden-word')
    expect(await faultsOf(at('options.mjs', { options: { n: () => 1 } }))).to.contain('cannot leave this process')
    expect(await faultsOf([{ use: { name: 'x', handlers: {} }, isolate: 'worker' }])).to.contain('plugins[0].isolate')
    const failed = await serve({ plugins: at('setup.mjs') }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'PLUGIN_SETUP_FAILED' })
    expect(String(failed)).to.contain('no database')
  })

  it('has no token of the server in its environment', async () => {
    const shows = `export default { name: 'shows', handlers: { '${BEFORE}': ({ emit }) => emit('env', Object.keys(process.env)) } }`
    const use = join(await folderWith({ 'shows.mjs': shows }), 'shows.mjs')
    process.env['TIMHOOK_TEST_TOKEN'] = 'a-token'
    try {
      for (const isolate of ['worker', 'process'] as const) {
        const server = await serve({ plugins: [{ use, isolate }] })
        const env = server.bus.next('plugin:shows:env')
        await server.post(BEFORE, message())
        expect(await env)
          .to.include('PATH')
          .and.not.include('TIMHOOK_TEST_TOKEN')
      }
    } finally {
      delete process.env['TIMHOOK_TEST_TOKEN']
    }
  })

  it('is started again later with each end in a row, then parked; work in between keeps it from that', () => {
    const idle = new Restarts()
    const waits = Array.from({ length: 8 }, () => idle.next(10, false))
    expect(waits.map(({ inMs }) => inMs)).to.deep.equal([100, 200, 400, 800, 1600, 3200, 6400, 300_000])
    expect(waits.map(({ isParked }) => isParked)).to.deep.equal([...Array<boolean>(7).fill(false), true])
    expect(idle.next(60_000, false)).to.deep.equal({ inMs: 100, isParked: false })
    const working = new Restarts()
    for (let end = 0; end < 20; end++) expect(working.next(10, true).inMs).to.be.at.most(400)
  })

  it('calls each suspect alone, while others wait, and does not wait for one that never comes', () => {
    let now = 0
    const suspects = new Suspects(() => now)
    suspects.add(['a', 'b'])
    expect(suspects.starts('other', () => 0)).to.equal(true)
    expect(suspects.starts('a', () => 1)).to.equal(false)
    expect(suspects.starts('other', () => 1)).to.equal(false)
    expect(suspects.starts('a', () => 0)).to.equal(true)
    expect([suspects.starts('b', () => 1), suspects.starts('other', () => 1)]).to.deep.equal([false, false])
    suspects.ended('a')
    expect(suspects.starts('b', () => 1)).to.equal(false)
    now += 5000
    expect(suspects.starts('other', () => 1)).to.equal(true)
  })
})
