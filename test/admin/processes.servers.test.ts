import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith, startCommand, type StartedServer } from '../harness/cli.ts'
import { describeWithRedis, freePort, startRedis } from '../harness/servers/redis.ts'
import { client, TOKEN } from './support.ts'

const COMMAND = 'Group.CallbackAfterGroupFull'
const PLUGIN = `
export default {
  name: 'counts',
  handlers: { '${COMMAND}': async ({ store, body }) => void await store.record('runs', { group: body.GroupId }) },
  commands: {
    runs: {
      description: 'Runs.',
      view: true,
      run: async ({ store }) => (await store.records('runs')).map(({ data }) => ({ group: data.group })),
    },
  },
}`

/** Starts a server of a config, and gives its admin listener. */
async function started(
  config: string,
  args: readonly string[] = [],
): Promise<StartedServer & { admin: string; cwd: string }> {
  const cwd = await folderWith({ 'config/plugins.yaml': config, 'config/counts.mjs': PLUGIN })
  const server = await startCommand(cwd, ['--port', '0', ...args])
  const { url } = await server.line(({ msg }) => String(msg).startsWith('health on'))
  return { ...server, admin: String(url), cwd }
}

async function post(url: string, group: string): Promise<void> {
  const target = `${url}?SdkAppid=7&CallbackCommand=${COMMAND}`
  const response = await fetch(target, {
    method: 'POST',
    body: JSON.stringify({ GroupId: group, EventTime: Date.now() }),
  })
  expect(response.status).to.equal(200)
}

describe('the admin API of a process', () => {
  it('takes another token at SIGHUP, and says before what a reload would change', async () => {
    const config = `
server: { drainMs: 50 }
admin: { port: 0, token: ${TOKEN} }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: sqlite, sqlite: { file: data/timhook.db } }
plugins: [{ use: ./counts.mjs }]
`
    const server = await started(config)
    const { get, change } = client(server.admin, TOKEN)
    await post(server.url, '@TGS#1')
    const { headers } = await change('/api/login', { token: TOKEN })
    const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const visitor = client(server.admin)
    expect((await visitor.get('/api/events', { cookie })).json.entries).to.have.length(1)
    const file = join(server.cwd, 'config', 'plugins.yaml')
    await writeFile(
      file,
      config.replace(TOKEN, 'another').replace('counts.mjs }', 'counts.mjs, id: other }').replace('50', '60'),
    )
    expect((await get('/api/config')).json.reload.changes).to.have.members([
      'server.drainMs: needs a restart',
      'admin.token',
      'plugin ./counts.mjs: is gone',
      'plugin other: is new',
    ])
    await writeFile(file, (await readFile(file, 'utf8')).replace('drainMs', 'drainsMs'))
    const { faults } = (await get('/api/config')).json.reload
    expect(faults).to.have.length(1)
    expect(faults[0]).to.contain('server.drainsMs')
    await writeFile(file, config.replace(TOKEN, 'another'))
    server.child.kill('SIGHUP')
    await server.line(({ msg }) => String(msg).startsWith('config reloaded'))
    expect((await visitor.get('/api/session', { cookie })).status).to.equal(401)
    expect((await get('/api/session')).status).to.equal(401)
    const fresh = client(server.admin, 'another')
    expect((await fresh.get('/api/events')).json.entries).to.have.length(1)
    server.child.kill('SIGTERM')
    expect(await server.ended).to.equal(0)
  })
})

describeWithRedis('the admin API with --workers', () => {
  it('is that of all workers together', async () => {
    const redis = await startRedis()
    const server = await started(
      `
server: { drainMs: 50 }
admin: { port: ${await freePort()} }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${redis.url}' } }
plugins: [{ use: ./counts.mjs }, { use: ./counts.mjs, id: isolated, isolate: process }]
`,
      ['--workers', '2'],
    )
    const { get, change } = client(server.admin)
    for (let n = 0; n < 6; n++) await post(server.url, `@TGS#${n}`)
    const { json: overview } = await get('/api/overview')
    expect(overview.processes.map(({ name }: { name: string }) => name)).to.deep.equal([
      'primary',
      'worker 1',
      'worker 2',
    ])
    expect((await get('/api/events')).json.entries).to.have.length(6)
    for (;;) {
      const { json } = await get('/api/plugins')
      if (json.plugins.every(({ rates }: { rates: { handled: number } }) => rates.handled === 6)) break
    }
    for (const id of ['counts', 'isolated']) {
      const { json: view } = await get(`/api/plugins/${id}/view/runs`)
      expect(view.rows.flat().toSorted()).to.deep.equal([0, 1, 2, 3, 4, 5].map((n) => `@TGS#${n}`))
    }
    expect((await change('/api/plugins/counts/pause')).json.count).to.equal(1)
    expect((await get('/api/plugins')).json.plugins[0].state).to.equal('paused')
    expect((await change('/api/plugins/counts/resume')).json.count).to.equal(1)
    server.child.kill('SIGTERM')
    expect(await server.ended).to.equal(0)
  })
})
