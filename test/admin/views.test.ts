import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { full, FULL } from '../harness/plugin.ts'
import { type AdminServer, serveAdmin } from './support.ts'

const VIEWS = `
export default {
  name: 'viewing',
  handlers: { '${FULL}': ({ store, body }) => store.record('runs', { group: body.GroupId }) },
  commands: {
    runs: {
      description: 'Reads.',
      view: true,
      run: async ({ store }) => (await store.records('runs')).map(({ data }) => ({ group: data.group })),
    },
    prints: { description: 'Prints.', view: true, run: ({ print, table }) => print({}, table([{ a: 1 }])) },
    writes: {
      description: 'Tries each way to write.',
      view: true,
      async run({ store }) {
        const ways = {
          set: () => store.set('key', 1),
          delete: () => store.delete('kept'),
          update: () => store.update('kept', () => 2),
          lease: () => store.lease('lease', 1000),
          record: () => store.record('runs', {}),
        }
        const rows = []
        for (const [way, write] of Object.entries(ways))
          rows.push({ way, error: await write().then(() => 'written', ({ message }) => message) })
        return rows
      },
    },
    calls: { description: 'Calls.', view: true, run: ({ apps, rest }) => rest(apps[0].sdkAppId).call('a', 'b', {}) },
    complains: {
      description: 'Fails as a command does.',
      view: true,
      run() {
        throw Object.assign(new Error('no such group'), { name: 'TimhookError', code: 'COMMAND_FAILED' })
      },
    },
    hangs: { description: 'Never ends.', view: true, run: () => new Promise(() => undefined) },
    loops: {
      description: 'Never lets anything else run.',
      view: true,
      run() {
        for (;;);
      },
    },
  },
}`

async function handled(server: AdminServer, GroupId: string): Promise<void> {
  const done = server.bus.next('handler:done')
  await server.post(FULL, full({ GroupId }))
  await done
}

/** On a busy machine the start of a thread or process alone may take longer than a view may. */
async function viewOf(server: AdminServer, name: string): Promise<[status: number, json: unknown]> {
  const { status, json } = await server.get(`/api/plugins/viewing/view/${name}`)
  return status === 503 ? viewOf(server, name) : [status, json]
}

describe('the view of a plugin', () => {
  for (const isolate of ['none', 'worker', 'process'] as const) {
    it(`reads its store, and can neither change it nor call anybody, with isolate: ${isolate}`, async () => {
      const folder = await folderWith({ 'viewing.mjs': VIEWS })
      const server = await serveAdmin({}, { plugins: [{ use: join(folder, 'viewing.mjs'), isolate }] })
      const view = (name: string): Promise<[number, unknown]> => viewOf(server, name)
      await handled(server, '@TGS#1')
      const runs = [200, { columns: ['group'], rows: [['@TGS#1']] }]
      expect(await view('runs')).to.deep.equal(runs)
      const refused = 'a view may read the store, and not change it'
      const ways = ['set', 'delete', 'update', 'lease', 'record']
      const rows = ways.map((way) => [way, refused])
      expect(await view('writes')).to.deep.equal([200, { columns: ['way', 'error'], rows }])
      expect(await view('runs')).to.deep.equal(runs)
      expect(await view('prints')).to.deep.equal([200, { text: '[{"a":1}]' }])
      const fault = { code: 'COMMAND_FAILED' }
      expect(await view('calls')).to.deep.equal([
        400,
        { error: 'a view reads its store: it has no REST API here', ...fault },
      ])
      expect(await view('complains')).to.deep.equal([400, { error: 'no such group', ...fault }])
    })
  }

  it('is ended after 5 s, whatever it does there, and the plugin goes on', async () => {
    const folder = await folderWith({ 'viewing.mjs': VIEWS })
    const server = await serveAdmin({}, { plugins: [{ use: join(folder, 'viewing.mjs'), isolate: 'worker' }] })
    const late = async (name: string): Promise<void> => {
      const { status, json } = await server.get(`/api/plugins/viewing/view/${name}`)
      expect([status, json.error]).to.deep.equal([503, `view ${name} of plugin viewing did not end within 5 s`])
    }
    const views = Promise.all([late('hangs'), late('loops')])
    await handled(server, '@TGS#1')
    await views
    await handled(server, '@TGS#2')
    const runs = { columns: ['group'], rows: [['@TGS#2'], ['@TGS#1']] }
    expect(await viewOf(server, 'runs')).to.deep.equal([200, runs])
    const restarts = (await server.server.metrics()).find(({ name }) => name === 'timhook_plugin_restarts_total')
    expect(restarts?.samples).to.deep.equal([{ labels: { plugin: 'viewing' }, value: 0 }])
  })
})
