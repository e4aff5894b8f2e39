import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { folderWith, run, type Ended } from '../../harness/cli.ts'
import { apps, eventsOf, serve, type TestServer } from '../../harness/server.ts'
import { startPostgres } from '../../harness/servers/postgres.ts'
import { startRedis } from '../../harness/servers/redis.ts'
import { jsonOf } from './stored.ts'

const JOIN = 'Group.CallbackAfterNewMemberJoin'
const SENT = 'C2C.CallbackAfterSendMsg'

/** Fails, waits or keeps what it is told to; it erases what it keeps of an account. */
const PLUGIN = `
import { appendFileSync } from 'node:fs'
export default {
  name: 'keeps',
  handlers: {
    '${SENT}': async ({ body, store }) => {
      const text = body.MsgBody[0].MsgContent.Text
      if (text === 'dies') throw new Error('no')
      if (text === 'waits') await new Promise(() => undefined)
      await store.record('sent', { From_Account: body.From_Account })
    },
    '${JOIN}': () => undefined,
  },
  erase: ({ app, account }) => { appendFileSync('erased', app + ' ' + account + '\\n'); return 2 },
}`

interface World {
  readonly cwd: string
  readonly start: () => Promise<TestServer>
  readonly timhook: (...args: string[]) => Promise<Ended>
}

async function world(delivery: ConfigInput['delivery'] & object): Promise<World> {
  const entry = { use: './keeps.mjs', retry: { attempts: 1 }, timeoutMs: 600_000 }
  const config = { apps, delivery, plugins: [entry] }
  const files = { 'config/plugins.yaml': JSON.stringify(config), 'config/keeps.mjs': PLUGIN }
  const cwd = await folderWith(files)
  const own = { ...delivery, ...(delivery.sqlite && { sqlite: { file: join(cwd, delivery.sqlite.file ?? '') } }) }
  const use = join(cwd, 'config', 'keeps.mjs')
  return {
    cwd,
    start: () => serve({ delivery: own, plugins: [{ ...entry, use }] }),
    timhook: (...args) => run(args, { cwd }),
  }
}

function message(from: string, text: string): object {
  const MsgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]
  return { From_Account: from, To_Account: 'bob', MsgKey: `${from}-${text}`, MsgTime: 1, MsgBody }
}

/** Callbacks about alice, about others, and one that waits. */
async function fill({ post, bus }: TestServer): Promise<void> {
  const done = eventsOf(bus, 'handler:done')
  const dead = bus.next('callback:dead')
  for (const from of ['alice', 'carol']) await post(SENT, message(from, 'hello'))
  await post(SENT, message('alice', 'dies'))
  await post(JOIN, { GroupId: 'g', JoinType: 'Apply', NewMemberList: [{ Member_Account: 'alice' }] })
  await post(JOIN, { GroupId: 'g', JoinType: 'Apply', NewMemberList: [{ Member_Account: 'carol' }] })
  await dead
  while (done.length < 4) await new Promise(setImmediate)
  await post(SENT, { ...message('dave', 'waits'), To_Account: 'alice' })
}

async function bodies({ timhook }: World): Promise<string[]> {
  const { stdout } = await timhook('events', '--body', '--json')
  return jsonOf(stdout)
    .map((line) => JSON.stringify(line))
    .filter((line) => line.includes('_Account'))
}

async function untilSettled({ timhook }: World): Promise<void> {
  for (;;) {
    const lines = jsonOf((await timhook('events', '--json')).stdout)
    if (lines.length === 6 && lines.filter(({ plugins }) => JSON.stringify(plugins).includes('waiting')).length === 1)
      return
  }
}

const engines: [name: string, settings: () => Promise<ConfigInput['delivery'] & object>][] = [
  ['sqlite', async () => ({ engine: 'sqlite', sqlite: { file: 'data/timhook.db' } })],
  ['postgres', async () => ({ engine: 'postgres', postgres: { url: (await startPostgres()).url } })],
  ['redis', async () => ({ engine: 'redis', redis: { url: (await startRedis()).url } })],
]

for (const [engine, settings] of engines)
  describe(`timhook erase on ${engine}`, () => {
    it('removes callbacks, dead letters, records and what plugins keep, and leaves the rest', async () => {
      const all = await world(await settings())
      const server = await all.start()
      await fill(server)
      await untilSettled(all)
      const preview = await all.timhook('erase', '--account', 'alice')
      expect([preview.code, preview.stderr]).to.deep.equal([0, ''])
      expect(preview.stdout).to.include('would erase 3 callbacks with their dead letters, and 1 records of plugins\n')
      expect(preview.stdout).to.include('left 1 callbacks that wait for a plugin')
      expect(await bodies(all)).to.have.length(6)

      const { code, stdout, stderr } = await all.timhook('erase', '--account', 'alice', '--yes')
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.include('erased 3 callbacks').and.to.include('keeps: erased 4\n')
      expect(stdout).to.include('not reached: backups')
      const left = await bodies(all)
      expect(left).to.have.length(3)
      expect(left.filter((line) => line.includes('alice'))).to.have.length(1)
      expect((await all.timhook('dead-letters', '--json')).stdout).to.equal('')
      const records = jsonOf((await all.timhook('events', '--records', '--json')).stdout)
      expect(JSON.stringify(records)).to.include('carol').and.not.to.include('alice')
      expect(await readFile(join(all.cwd, 'erased'), 'utf8')).to.equal('1400000001 alice\n1400000002 alice\n')
      // The server goes on, and what it stores is read.
      const done = server.bus.next('handler:done')
      await server.post(JOIN, { GroupId: 'g', JoinType: 'Apply', NewMemberList: [{ Member_Account: 'erin' }] })
      await done
      expect((await bodies(all)).join()).to.include('erin')
      await server.server.stop({ drainMs: 0, graceMs: 20 })
    })

    it('removes what waits with --waiting, once the server is stopped', async () => {
      const all = await world(await settings())
      const server = await all.start()
      await fill(server)
      await untilSettled(all)
      const early = await all.timhook('erase', '--account', 'alice', '--waiting', '--yes')
      expect(early.code).to.equal(2)
      expect(early.stderr).to.include('Stop the server first')
      await server.server.stop({ drainMs: 0, graceMs: 20 })
      const { code, stdout } = await all.timhook('erase', '--account', 'alice', '--waiting', '--yes')
      expect(code).to.equal(0)
      expect(stdout).to.include('erased 4 callbacks')
      expect((await bodies(all)).join()).not.to.include('alice')
      const again = await all.start()
      const started = eventsOf(again.bus, 'handler:done')
      await again.post(JOIN, { GroupId: 'g', JoinType: 'Apply', NewMemberList: [{ Member_Account: 'erin' }] })
      while (started.length < 1) await new Promise(setImmediate)
      expect(started.map(({ command }) => command)).to.deep.equal([JOIN])
    })
  })

describe('timhook erase', () => {
  it('leaves no byte of a message in the files of sqlite, and replay says that the body was deleted', async () => {
    const all = await world({ engine: 'sqlite', sqlite: { file: 'data/timhook.db' } })
    const server = await all.start()
    await fill(server)
    await server.post(SENT, message('alice', 'a-very-marked-text'))
    for (;;) {
      const { stdout } = await all.timhook('events', '--json')
      if (jsonOf(stdout).filter(({ plugins }) => JSON.stringify(plugins).includes('done')).length === 5) break
    }
    // Read by another process: this one would drop the locks of its server by closing the files.
    const files = (): string =>
      spawnSync('grep', ['-rlaF', 'a-very-marked-text', 'data'], { cwd: all.cwd }).stdout.toString()
    expect(files()).to.include('timhook.db')
    const [newest] = jsonOf((await all.timhook('events', '--json', '--limit', '1')).stdout)
    expect((await all.timhook('erase', '--account', 'alice', '--yes')).code).to.equal(0)
    expect(files()).to.equal('')
    const { code, stderr } = await all.timhook('replay', String(newest?.['id']), '--plugin', 'keeps', '--yes')
    expect([code, stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes('was erased'))
    const { stdout } = await all.timhook('replay', '--since', '1h', '--plugin', 'keeps', '--yes')
    expect(stdout).to.include('replayed 2').and.to.include('no longer stored')
  })
})
