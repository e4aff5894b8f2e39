import { join } from 'node:path'
import { expect } from 'chai'
import type { ConfigInput } from '../../config/schema/schema.ts'
import type { PluginInput } from '../../config/sections/plugins.ts'
import { checkConfig } from '../../config/read/read.ts'
import { definePlugin, type Plugin, Type } from '../../core/plugin.ts'
import { prepare, type Prepared } from '../../core/runtime.ts'
import { folderWith } from '../harness/cli.ts'
import { FULL } from '../harness/plugin.ts'
import { apps, eventsOf, serve, signed, SIGNED_APP, type TestServer, UNSIGNED_APP } from '../harness/server.ts'

const BEFORE = 'Group.CallbackBeforeSendMsg'
const MESSAGE = { GroupId: '@TGS#1', MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'a' } }] }

/** A config as `serve` makes it, to be taken over. */
function next(config: Partial<ConfigInput>): Promise<Prepared> {
  const server = { port: 0, drainMs: 0, deadlineMs: 60_000, ...config.server }
  const delivery = config.delivery ?? { engine: 'memory' as const }
  const full = { apps, admin: false as const, ...config, delivery, server }
  return prepare(checkConfig(full, { env: process.env }))
}

/** What may run a config of the test `config`, with the engine sqlite on a file of its own. */
async function onFile(): Promise<ConfigInput['delivery'] & object> {
  return { engine: 'sqlite', sqlite: { file: join(await folderWith({}), 'timhook.db') } }
}

async function reload({ server }: TestServer, config: Partial<ConfigInput>): Promise<void> {
  await server.reload(await next(config))
}

interface Told {
  readonly said: string[]
  readonly entry: (version: number, more?: Partial<Plugin>) => PluginInput
}

/** A plugin that tells what happens to it, by the version in its options. */
function teller(name = 'teller'): Told {
  const said: string[] = []
  const options = Type.Object({ version: Type.Integer() })
  const plugin = definePlugin({
    name,
    options,
    setup: ({ options: { version } }) => {
      said.push(`setup ${version}`)
      if (version < 0) throw new Error('no such version')
      return { version }
    },
    handlers: { [FULL]: ({ state }) => void said.push(`handle ${state.version}`) },
    close: ({ version }) => void said.push(`close ${version}`),
  })
  return { said, entry: (version, more) => ({ use: more ? { ...plugin, ...more } : plugin, options: { version } }) }
}

describe('a reload', () => {
  it('sets up a changed plugin before the old one is closed, and leaves others alone', async () => {
    const [changed, same] = [teller('changed'), teller('same')]
    const server = await serve({ plugins: [changed.entry(1), same.entry(1)] })
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    await reload(server, { plugins: [changed.entry(2), same.entry(1)] })
    expect(reloaded).to.deep.equal([{ added: [], changed: ['changed'], removed: [], restart: [] }])
    await server.post(FULL, { GroupId: '@TGS#1' })
    await server.server.stop({ drainMs: 0 })
    expect(changed.said).to.deep.equal(['setup 1', 'setup 2', 'close 1', 'handle 2', 'close 2'])
    expect(same.said).to.deep.equal(['setup 1', 'handle 1', 'close 1'])
  })

  it('neither refuses nor loses a callback under load, however often the plugin changes', async () => {
    const handled = new Set<string>()
    const open = new Set<number>()
    const options = Type.Object({ version: Type.Integer() })
    const plugin = definePlugin({
      name: 'loaded',
      options,
      setup: ({ options: { version } }) => {
        open.add(version)
        return { version }
      },
      handlers: {
        [BEFORE]: async ({ state }) => {
          await new Promise(setImmediate)
          if (!open.has(state.version)) throw new Error('called after its close')
        },
        [FULL]: async ({ body, state }) => {
          await new Promise(setImmediate)
          if (!open.has(state.version)) throw new Error('called after its close')
          handled.add(body.GroupId)
        },
      },
      close: ({ version }) => void open.delete(version),
    })
    const entry = (version: number): PluginInput => ({ use: plugin, options: { version }, onFailure: 'reject' })
    const server = await serve({ plugins: [entry(0)] })
    const failures = eventsOf(server.bus, 'handler:failed')
    const over = new AbortController()
    const sent: string[] = []
    const answers: string[] = []
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let n = 0; !over.signal.aborted; n++) {
        const GroupId = `@TGS#${client}-${n}`
        sent.push(GroupId)
        for (const answer of [await server.post(FULL, { GroupId }), await server.post(BEFORE, { ...MESSAGE, GroupId })])
          answers.push(`${answer.status} ${String(answer.json['ErrorCode'])}`)
      }
    })
    for (let version = 1; version <= 20; version++) {
      const seen = answers.length
      await reload(server, { plugins: [entry(version)] })
      while (answers.length < seen + 20) await new Promise(setImmediate)
    }
    over.abort()
    await Promise.all(clients)
    while (handled.size < sent.length) await new Promise(setImmediate)
    expect(new Set(answers)).to.deep.equal(new Set(['200 0']))
    expect(failures).to.deep.equal([])
    expect([...open]).to.deep.equal([20])
  })

  it('closes the old plugin after the chains that started with it', async () => {
    const said: string[] = []
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => (release = resolve))
    let entered = (): void => undefined
    const waiting = new Promise<void>((resolve) => (entered = resolve))
    const first = definePlugin({
      name: 'first',
      handlers: {
        [BEFORE]: async () => {
          entered()
          await released
        },
      },
    })
    const second = (version: number): PluginInput => ({
      use: definePlugin({
        name: 'second',
        handlers: { [BEFORE]: () => void said.push(`handle ${version}`) },
        close: () => void said.push(`close ${version}`),
      }),
    })
    const server = await serve({ plugins: [{ use: first }, second(1)] })
    const answer = server.post(BEFORE, MESSAGE)
    await waiting
    const { registry } = server.server.running
    const { plugins } = registry
    const reloading = reload(server, { plugins: [{ use: first }, second(2)] })
    while (registry.plugins === plugins) await new Promise(setImmediate)
    const later = server.post(BEFORE, MESSAGE)
    expect(said).to.deep.equal([])
    release()
    await Promise.all([answer, later, reloading])
    expect(said.toSorted()).to.deep.equal(['close 1', 'handle 1', 'handle 2'])
    expect(said.indexOf('close 1')).to.be.greaterThan(said.indexOf('handle 1'))
  })

  it('changes nothing when a setup throws', async () => {
    const [good, bad] = [teller('good'), teller('bad')]
    const server = await serve({ plugins: [good.entry(1), bad.entry(1)] })
    const failed = await reload(server, { plugins: [good.entry(2), bad.entry(-1)] }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'PLUGIN_SETUP_FAILED' })
    const done = ['good', 'bad'].map((id) => server.bus.next('handler:done', ({ plugin }) => plugin === id))
    await server.post(FULL, { GroupId: '@TGS#1' })
    await Promise.all(done)
    expect(good.said).to.deep.equal(['setup 1', 'setup 2', 'close 2', 'handle 1'])
    expect(bad.said).to.deep.equal(['setup 1', 'setup -1', 'handle 1'])
  })

  it('swaps tokens and apps, and closes no plugin for a token', async () => {
    const { said, entry } = teller()
    const server = await serve({ plugins: [entry(1)] })
    const statusWith = async (query: Record<string, string>): Promise<number> =>
      (await server.post(FULL, { GroupId: '@TGS#1' }, query)).status
    const token = 'a-token-that-comes-later'
    expect(await statusWith(signed(token))).to.equal(401)
    const rotated = [apps[0] ?? { sdkAppId: 0 }, { sdkAppId: SIGNED_APP, tokens: [token] }]
    await reload(server, { plugins: [entry(1)], apps: rotated })
    expect(await statusWith(signed(token))).to.equal(200)
    expect(await statusWith(signed())).to.equal(401)
    expect(said.filter((line) => !line.startsWith('handle'))).to.deep.equal(['setup 1'])
    await reload(server, { plugins: [entry(1)], apps: [{ sdkAppId: SIGNED_APP, tokens: [token] }] })
    expect(await statusWith({ SdkAppid: `${UNSIGNED_APP}` })).to.equal(403)
    // A plugin may know the apps.
    expect(said.filter((line) => !line.startsWith('handle'))).to.deep.equal(['setup 1', 'setup 1', 'close 1'])
  })

  for (const engine of ['memory', 'sqlite'] as const) {
    it(`adds a plugin, which gets new callbacks, and removes one: ${engine}`, async () => {
      const delivery = engine === 'memory' ? { engine } : await onFile()
      const [first, second] = [teller('first'), teller('second')]
      const server = await serve({ plugins: [first.entry(1)], delivery })
      await server.post(FULL, { GroupId: '@TGS#1' })
      while (!first.said.includes('handle 1')) await new Promise(setImmediate)
      await reload(server, { plugins: [first.entry(1), second.entry(1)], delivery })
      const done = server.bus.next('handler:done', ({ plugin }) => plugin === 'second')
      await server.post(FULL, { GroupId: '@TGS#2' })
      await done
      const reloaded = server.bus.next('config:reloaded')
      await reload(server, { plugins: [second.entry(1)], delivery })
      expect(await reloaded).to.deep.include({ removed: ['first'] })
      const again = server.bus.next('handler:done')
      await server.post(FULL, { GroupId: '@TGS#3' })
      expect(await again).to.include({ plugin: 'second' })
      expect(first.said).to.deep.equal(['setup 1', 'handle 1', 'handle 1', 'close 1'])
      expect(second.said).to.deep.equal(['setup 1', 'handle 1', 'handle 1'])
    })
  }

  for (const gone of ['misspelt', 'disabled', 'misspelt, over a restart'] as const) {
    it(`loses no backlog of a plugin whose id is ${gone}`, async () => {
      const delivery = await onFile()
      const groups: string[] = []
      let works = false
      const use = definePlugin({
        name: 'slow',
        handlers: {
          [FULL]: ({ body }) => {
            if (!works) throw new Error('not yet')
            groups.push(body.GroupId)
          },
        },
      })
      const entry: PluginInput = { use, retry: { minMs: 1, maxMs: 1000, attempts: 1000 } }
      const wrong: PluginInput = gone === 'disabled' ? { ...entry, enabled: false } : { ...entry, id: 'slwo' }
      let server = await serve({ plugins: [entry], delivery })
      const failed = server.bus.next('handler:failed')
      for (let n = 1; n <= 20; n++) await server.post(FULL, { GroupId: `@TGS#${n}` })
      await failed
      await reload(server, { plugins: [wrong], delivery })
      works = true
      // It is not its own while it is gone.
      await server.post(FULL, { GroupId: '@TGS#21' })
      if (gone.endsWith('restart')) {
        await server.server.stop({ drainMs: 0 })
        server = await serve({ plugins: [wrong], delivery })
      }
      const letters = eventsOf(server.bus, 'backlog:dead')
      await reload(server, { plugins: [entry], delivery })
      const wanted = Array.from({ length: 20 }, (_, n) => `@TGS#${n + 1}`)
      while (!wanted.every((group) => groups.includes(group))) await new Promise(setImmediate)
      expect(letters).to.deep.equal([])
      expect(groups.filter((group) => wanted.includes(group)).toSorted()).to.deep.equal(wanted.toSorted())
    })
  }

  it('names what takes effect only after a restart', async () => {
    const server = await serve()
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    await reload(server, { server: { bodyLimit: '2mb' } })
    expect(reloaded[0]).to.deep.include({ restart: ['server.bodyLimit'] })
    expect(server.lines.join('')).to.contain('these take effect only after a restart: server.bodyLimit')
  })
})
