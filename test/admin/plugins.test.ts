import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { full, FULL } from '../harness/plugin.ts'
import { receive } from '../plugins/forward/receiver.ts'
import { type AdminServer, serveAdmin } from './support.ts'

const { version: own } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const PLUGIN = `export default { name: 'NAME', handlers: { '${FULL}': ({ emit, body }) => emit('circuit', body.circuit) } }`

interface Summary {
  readonly id: string
  readonly state: string
  readonly version?: string
  readonly circuit?: string
  readonly reason?: string
}

async function summary({ get }: AdminServer, id: string): Promise<Summary> {
  const { json } = await get('/api/plugins')
  return (json.plugins as Summary[]).find((plugin) => plugin.id === id) ?? { id, state: 'missing' }
}

/** Reads until it is so: holds are written behind the call that asks for them. */
async function until(server: AdminServer, id: string, isSo: (plugin: Summary) => boolean): Promise<Summary> {
  for (;;) {
    const plugin = await summary(server, id)
    if (isSo(plugin)) return plugin
  }
}

describe('plugins in the admin API', () => {
  it('have the version of their package, if they are in one', async () => {
    const folder = await folderWith({
      'node_modules/timhook-plugin-crm/package.json': '{"name":"timhook-plugin-crm","version":"3.1.4","type":"module"}',
      'node_modules/timhook-plugin-crm/dist/package.json': '{"type":"module"}',
      'node_modules/timhook-plugin-crm/dist/index.js': PLUGIN.replace('NAME', 'crm'),
      'package.json': '{"name":"private"}',
      'alone.mjs': PLUGIN.replace('NAME', 'alone'),
    })
    const server = await serveAdmin(
      {},
      {
        plugins: [
          { use: join(folder, 'node_modules/timhook-plugin-crm/dist/index.js') },
          { use: join(folder, 'alone.mjs') },
          { use: 'group-full' },
        ],
      },
    )
    expect((await summary(server, 'crm')).version).to.equal('3.1.4')
    expect(await summary(server, 'alone')).not.to.have.property('version')
    expect((await summary(server, 'group-full')).version).to.equal(own)
  })

  it('show an open circuit of forward with why it waits, and its end', async () => {
    const target = await receive()
    const circuit = { failures: 1, probeMs: 1, maxProbeMs: 1 }
    const server = await serveAdmin({}, { plugins: [{ use: 'forward', options: { url: target.url, circuit } }] })
    expect(await summary(server, 'forward'))
      .to.include({ state: 'running' })
      .and.not.to.have.property('circuit')
    await target.down()
    await server.post(FULL, full())
    const open = await until(server, 'forward', ({ state, reason }) => state === 'open' && reason !== undefined)
    expect(open.circuit).to.equal('open')
    expect(open.reason).to.match(/http:\/\/127\.0\.0\.1:\d+ keeps failing/)
    await target.up()
    const closed = await until(server, 'forward', ({ state }) => state === 'running')
    expect(closed.circuit).to.equal('closed')
    const gauge = (await server.server.metrics()).find(({ name }) => name === 'timhook_plugin_circuit_open')
    expect(gauge?.samples).to.deep.equal([{ labels: { plugin: 'forward' }, value: 0 }])
  })

  it('that wait for another reason are on hold, with their circuit closed or unknown', async () => {
    const target = await receive((response) => void response.writeHead(503, { 'retry-after': '3600' }).end())
    const server = await serveAdmin({}, { plugins: [{ use: 'forward', options: { url: target.url } }] })
    await server.post(FULL, full())
    const held = await until(server, 'forward', ({ state }) => state !== 'running')
    expect(held).to.include({ state: 'held' }).and.not.to.have.property('circuit')
    expect(held.reason).to.contain('asked to wait')
  })

  it('tell of circuits by target, also from a thread, and what is no circuit is left out', async () => {
    const folder = await folderWith({ 'own.mjs': PLUGIN.replace('NAME', 'own') })
    const server = await serveAdmin({}, { plugins: [{ use: join(folder, 'own.mjs'), isolate: 'worker' }] })
    const emit = async (circuit: unknown): Promise<string | undefined> => {
      const done = server.bus.next('handler:done')
      await server.post(FULL, full({ circuit, EventTime: emitted++ }))
      await done
      return (await summary(server, 'own')).circuit
    }
    let emitted = 1
    expect(await emit('open')).to.equal(undefined)
    expect(await emit({ open: 'yes' })).to.equal(undefined)
    expect(await emit({ open: true, target: 'a' })).to.equal('open')
    expect(await emit({ open: true, target: 'b' })).to.equal('open')
    expect(await emit({ open: false, target: 'a' })).to.equal('open')
    expect(await emit({ open: false, target: 'b' })).to.equal('closed')
  })
})
