import { expect } from 'chai'
import { defineCommand, definePlugin, Type } from '../../core/plugin.ts'
import { BEFORE, entry, full, FULL, message } from '../harness/plugin.ts'
import { UNSIGNED_APP } from '../harness/server.ts'
import { serveAdmin } from './support.ts'

const SECRET = 'secret-of-the-options'

const viewing = definePlugin({
  name: 'viewing',
  options: Type.Object({ key: Type.String({ secret: true }), mode: Type.String({ default: 'record' }) }),
  handlers: { [FULL]: ({ store, body }) => store.record('runs', { group: body.GroupId }) },
  commands: {
    runs: defineCommand({
      description: 'What was run.',
      view: true,
      options: Type.Object({ limit: Type.Integer({ default: 10, minimum: 1 }), since: Type.Optional(Type.Number()) }),
      async run({ given, store }) {
        const records = await store.records('runs', { limit: given.limit })
        return records.map(({ data }) => ({ group: (data as { group: string }).group, users: ['a', 'b'], none: null }))
      },
    }),
    printed: defineCommand({ description: 'Prints.', view: true, run: ({ print }) => print({}, 'a text') }),
    writes: defineCommand({
      description: 'Writes.',
      view: true,
      run: ({ store }) => store.set('key', 'value'),
    }),
    hangs: defineCommand({ description: 'Never ends.', view: true, run: () => new Promise<void>(() => undefined) }),
    hidden: defineCommand({ description: 'Is no view.', run: () => undefined }),
  },
})

const config = {
  delivery: { engine: 'memory' as const },
  plugins: [
    { use: viewing, options: { key: SECRET } },
    entry(
      'before',
      { [BEFORE]: () => undefined, 'Group.*': () => undefined, '*': () => undefined },
      {
        only: { apps: [UNSIGNED_APP] },
      },
    ),
    { ...entry('off', { [FULL]: () => undefined }), id: 'off', enabled: false },
  ],
}

describe('the state of the server in the admin API', () => {
  it('has the plugins with their options masked, their handlers and their views', async () => {
    const { get, post, bus } = await serveAdmin({}, config)
    const done = bus.next('handler:done', ({ plugin }) => plugin === 'viewing')
    await post(FULL, full())
    await done
    const { json } = await get('/api/plugins')
    expect(JSON.stringify(json)).not.to.contain(SECRET)
    const [first, second, third] = json.plugins
    expect(first).to.deep.include({ id: 'viewing', state: 'running', options: { key: '***', mode: 'record' } })
    expect(first.rates).to.deep.equal({ handled: 1, failures: 0, timeouts: 0 })
    expect(first.handles).to.deep.equal({ before: [], after: [FULL] })
    expect(first.views.map(({ command }: { command: string }) => command)).to.deep.equal([
      'runs',
      'printed',
      'writes',
      'hangs',
    ])
    expect(second.handles).to.deep.equal({ before: [BEFORE, 'Group.*', '*'], after: ['Group.*', '*'] })
    expect(second.only).to.deep.equal({ apps: [UNSIGNED_APP] })
    expect(third).to.deep.include({ id: 'off', state: 'disabled' })
  })

  it('has an overview with checks, backlog and the numbers of the last hour', async () => {
    const { get } = await serveAdmin({}, config)
    const { json } = await get('/api/overview')
    expect(json).to.deep.include({ ready: true, engine: 'memory', deadLetters: 0 })
    expect(json.checks).to.deep.equal({ plugins: 'ok', store: 'ok', draining: 'ok' })
    expect(json.processes).to.deep.equal([{ pid: process.pid }])
    expect(json.series.hour.stepMs).to.equal(10_000)
    expect(json.series.day.stepMs).to.equal(300_000)
    expect(json.plugins).to.have.length(3)
  })

  it('has the config as it takes effect, with nothing secret in it', async () => {
    const { get } = await serveAdmin({ token: 'secret-of-the-admin' }, config)
    const { json } = await get('/api/config')
    expect(JSON.stringify(json)).not.to.contain(SECRET).and.not.to.contain('secret-of-the-admin')
    expect(json.config.admin).to.deep.include({ token: '***', bodies: false })
    expect(json.config.server.bodyLimit).to.equal(1_048_576)
    expect(json.yaml).to.contain('engine: memory')
    expect(json.reload).to.deep.equal({ changes: [] })
  })

  it('runs a view on a store that it can read alone, with the options of its command', async () => {
    const { get, post, bus } = await serveAdmin({}, config)
    for (const n of [1, 2]) {
      const done = bus.next('handler:done', ({ plugin }) => plugin === 'viewing')
      await post(FULL, full({ GroupId: `@TGS#${n}`, EventTime: n }))
      await done
    }
    const view = async (name: string): Promise<[number, unknown]> => {
      const { status, json } = await get(`/api/plugins/viewing/view/${name}`)
      return [status, json]
    }
    const columns = ['group', 'users', 'none']
    expect(await view('runs')).to.deep.equal([
      200,
      {
        columns,
        rows: [
          ['@TGS#2', 'a, b', ''],
          ['@TGS#1', 'a, b', ''],
        ],
      },
    ])
    expect(await view('runs?limit=1')).to.deep.equal([200, { columns, rows: [['@TGS#2', 'a, b', '']] }])
    expect((await view('runs?limit=0'))[0]).to.equal(400)
    expect((await view('runs?limit=x'))[0]).to.equal(400)
    expect((await view('runs?what=1'))[0]).to.equal(400)
    expect(await view('printed')).to.deep.equal([200, { text: 'a text' }])
    const [status, fault] = await view('writes')
    expect([status, (fault as { error: string }).error]).to.deep.equal([
      503,
      'a view may read the store, and not change it',
    ])
    for (const name of ['hidden', 'none', '__proto__', 'constructor']) expect((await view(name))[0], name).to.equal(404)
    expect((await get('/api/plugins/none/view/runs')).status).to.equal(404)
  })

  it('ends a view that does not end', async () => {
    const { get } = await serveAdmin({}, config)
    const { status, json } = await get('/api/plugins/viewing/view/hangs')
    expect([status, json.error]).to.deep.equal([503, 'view hangs of plugin viewing did not end within 5 s'])
  })

  it('counts what the page shows from the numbers of /metrics', async () => {
    const { server, post, request } = await serveAdmin({}, config)
    await post(BEFORE, message())
    await post(FULL, full())
    await request('/elsewhere', { method: 'POST' })
    const { numbersOf } = await import('../../core/admin/live/numbers.ts')
    const numbers = numbersOf(await server.metrics())
    expect(numbers).to.include({ callbacks: 2, refused: 1, deadLetters: 0 })
    expect(numbers.answers.at(-1)).to.equal(2)
    expect(numbers.bounds.at(-1)).to.equal(Infinity)
  })
})
