import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../config/read/read.ts'
import type { ConfigInput } from '../../config/schema/schema.ts'
import { prepare } from '../../core/runtime.ts'
import { folderWith, launch, type Running } from '../harness/cli.ts'
import { BEFORE, FULL, full, message } from '../harness/plugin.ts'
import { apps, eventsOf, serve } from '../harness/server.ts'

/** Ends at once, unless `fine` is in its folder. */
const fragile = `
import { existsSync } from 'node:fs'
const isFine = () => existsSync(new URL('./fine', import.meta.url))
export default {
  name: 'fragile',
  setup: () => void (isFine() || setImmediate(() => process.exit(1))),
  handlers: {
    '${BEFORE}': ({ reject }) => reject(10150),
    '${FULL}': ({ emit }) => emit('done', {}),
  },
}`

/** Loops in its handler. */
const loops = `
export default {
  name: 'loops',
  handlers: { '${FULL}': ({ log }) => { log.warn({ pid: process.pid }, 'begun'); setTimeout(() => { for (;;); }, 50); return new Promise(() => undefined) } },
}`

const steady = `
export default {
  name: 'steady',
  handlers: { '${FULL}': async ({ log }) => { log.warn({ pid: process.pid }, 'begun'); await new Promise((r) => setTimeout(r, 1000)); log.warn('ended well') } },
}`

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const config = (use: string): string =>
  `server: { port: 0, drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 1, unsigned: true }]\ndelivery: { engine: memory }\nplugins: [{ use: ./${use}, isolate: process }]\n`

/** Starts a server, and has its plugin begun with a callback. */
async function begin(use: string, source: string): Promise<{ server: Running; pid: number }> {
  const cwd = await folderWith({ [use]: source, 'plugins.yaml': config(use) })
  const server = launch(['start', '--config', 'plugins.yaml'], cwd)
  const [, url = ''] = /listening on (\S+?)"/.exec(await server.says('"listening on')) ?? []
  await fetch(`${url}?SdkAppid=1&CallbackCommand=${FULL}`, { method: 'POST', body: JSON.stringify(full()) })
  const pid = Number(/"pid":(\d+),"msg":"begun"/.exec(await server.says('"msg":"begun"'))?.[1])
  expect(pid).to.be.greaterThan(1)
  return { server, pid }
}

describe('an isolated plugin whose thread ends again and again', () => {
  it('is parked: its after-callbacks wait, /readyz, metrics and the page show it, and a reload tries it again', async () => {
    const folder = await folderWith({ 'fragile.mjs': fragile, fine: '' })
    const plugins = [{ use: join(folder, 'fragile.mjs'), isolate: 'worker' as const, onFailure: 'reject' as const }]
    const server = await serve({ plugins, admin: { port: 0 } })
    const { readiness, metrics, running } = server.server
    const health = () => running.registry.plugins[0]?.isolation?.health()
    expect((await server.post(BEFORE, message())).json['ErrorCode']).to.equal(10150)
    await rm(join(folder, 'fine'))
    // Its code is the same, so what runs goes on; a change of the entry starts another one, which ends.
    const entries = plugins.map((entry) => ({ ...entry, timeoutMs: 5000 }))
    const base = { apps, admin: false, delivery: { engine: 'memory' }, server: { port: 0, drainMs: 0 } }
    const next = () => prepare(checkConfig({ ...base, plugins: entries } as ConfigInput, { env: process.env }))
    await server.server.reload(await next())
    while (health()?.state !== 'parked') await new Promise((resolve) => setTimeout(resolve, 20))
    const done = eventsOf(server.bus, 'plugin:fragile:done')
    const dead = eventsOf(server.bus, 'callback:dead')
    const held = server.bus.next('plugin:held')
    expect((await server.post(FULL, full())).status).to.equal(200)
    expect((await held).plugin).to.equal('fragile')
    expect((await server.post(BEFORE, message())).json['ErrorCode']).to.equal(1)
    expect((await readiness()).notes?.['parked']).to.match(/^fragile: tried again at /)
    const samples = (await metrics())
      .filter(({ name }) => name === 'timhook_plugin_parked')
      .flatMap((one) => one.samples)
    expect(samples).to.deep.equal([{ labels: { plugin: 'fragile' }, value: 1 }])
    const page = await (await fetch(new URL('api/plugins', server.server.adminUrl))).json()
    expect(page).to.have.nested.property('plugins[0].state', 'parked')
    await writeFile(join(folder, 'fine'), '')
    await server.server.reload(await next())
    expect(health()?.state).to.equal('running')
    expect((await server.post(BEFORE, message())).json['ErrorCode']).to.equal(10150)
    expect([done, dead]).to.deep.equal([[], []])
  })
})

describe('the process of an isolated plugin', () => {
  it('ends with its server, even in an endless loop', async () => {
    const { server, pid } = await begin('loops.mjs', loops)
    expect(isAlive(pid)).to.equal(true)
    server.child.kill('SIGKILL')
    await once(server.child, 'exit')
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
  })

  it('finishes what it does when all processes get the signal', async () => {
    const { server, pid } = await begin('steady.mjs', steady)
    process.kill(pid, 'SIGTERM')
    process.kill(pid, 'SIGINT')
    server.child.kill('SIGTERM')
    const { code, stdout } = await server.ended
    expect(code).to.equal(0)
    expect(stdout).to.contain('ended well').and.not.contain('started again')
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
