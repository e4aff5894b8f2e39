import { rmSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import archive from '../../../plugins/archive/index.ts'
import { openArchive } from '../../../plugins/archive/archive.ts'
import { testPlugin } from '../../../core/testing.ts'
import { folderWith } from '../../harness/cli.ts'
import { serve, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'
import { c2cMessage, GROUP, groupMessage, groupRecall, open, rowsOf, sqliteUrl } from './support.ts'

/** Resolves when the plugin has ended with so many callbacks. */
function handled({ bus }: TestServer, count: number): Promise<void> {
  let left = count
  return new Promise((resolve) => bus.on('handler:done', () => void (--left === 0 && resolve())))
}

async function start(options: object): Promise<TestServer> {
  return serve({ plugins: [{ use: 'archive', options }] })
}

describe('archive behind a server', () => {
  it('holds what came over HTTP: messages, recalls, and bodies that do not fit', async () => {
    const url = await sqliteUrl()
    const server = await start({ url })
    const done = handled(server, 4)
    for (const { command, body } of [groupMessage(1, 'hello'), c2cMessage(2, 'hi'), groupRecall([1], 9e12)]) {
      expect((await server.post(command, body)).status).to.equal(200)
    }
    await server.post('Group.CallbackAfterSendMsg', { GroupId: GROUP, MsgSeq: { odd: true }, MsgTime: 5, Secret: 'x' })
    await done
    const rows = await rowsOf(await open(url))
    expect(rows.map(({ app, text, recalled_at }) => [app, text, recalled_at])).to.deep.equal([
      [UNSIGNED_APP, '', null],
      [UNSIGNED_APP, '', 9e12],
      [UNSIGNED_APP, 'hi', null],
    ])
    expect(JSON.parse(rows[0]?.faults ?? '[]')).to.deep.include('MsgSeq: expected integer, got object')
    expect(rows[0]?.raw).to.include('"Secret":"x"')
  })

  it('waits for a database that is away, without a loss or an attempt, and says so once', async () => {
    const folder = await folderWith({})
    const data = join(folder, 'data')
    await mkdir(data)
    const url = `sqlite:${join(data, 'archive.db')}`
    const server = await start({ url })
    // A table that somebody has renamed: nothing can be written.
    const other = await openArchive({ url })
    await other.db.schema.alterTable('timhook_messages').renameTo('elsewhere').execute()
    const failed: unknown[] = []
    server.bus.on('handler:failed', (event) => void (event.deferred === true || failed.push(event)))
    const done = handled(server, 20)
    const held = server.bus.next('plugin:held')
    for (let seq = 0; seq < 20; seq++)
      await server.post('Group.CallbackAfterSendMsg', groupMessage(seq, `text ${seq}`).body)
    const said = (): string[] => server.lines.filter((line) => line.includes('cannot be written'))
    await held
    await other.db.schema.alterTable('elsewhere').renameTo('timhook_messages').execute()
    await other.db.destroy()
    await done
    expect(await rowsOf(await open(url))).to.have.length(20)
    expect(failed).to.deep.equal([])
    expect(said()).to.have.length(1)
    expect(server.lines.join('')).to.include('the archive is written again').and.not.to.include('text 1')
  })

  it('leaves to the next start what a stop interrupts', async () => {
    const url = await sqliteUrl()
    const delivery = { engine: 'sqlite' as const, sqlite: { file: join(await folderWith({}), 'timhook.db') } }
    const plugins = [{ use: 'archive', options: { url } }]
    const server = await serve({ plugins, delivery })
    const other = await openArchive({ url })
    await other.db.schema.alterTable('timhook_messages').renameTo('elsewhere').execute()
    const failed: unknown[] = []
    server.bus.on('handler:failed', (event) => void (event.deferred === true || failed.push(event)))
    await server.post('Group.CallbackAfterSendMsg', groupMessage(1, 'hello').body)
    while (!server.lines.some((line) => line.includes('cannot be written')))
      await new Promise((resolve) => setImmediate(resolve))
    await server.server.stop({ drainMs: 0, graceMs: 20 })
    expect(failed).to.deep.equal([])
    await other.db.schema.alterTable('elsewhere').renameTo('timhook_messages').execute()
    await other.db.destroy()
    await serve({ plugins, delivery })
    const engine = await open(url)
    while ((await rowsOf(engine)).length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect((await rowsOf(engine)).map(({ text }) => text)).to.deep.equal(['hello'])
  })

  it('refuses a start with a file that is no database, and names no text of it', async () => {
    const folder = await folderWith({ 'archive.db': 'this is a diary and no database '.repeat(200) })
    const refused: unknown = await start({ url: `sqlite:${join(folder, 'archive.db')}` }).catch(
      (error: unknown) => error,
    )
    expect(String(refused)).to.match(/plugin archive could not be set up: .*archive\.db cannot be used/)
    expect(String(refused)).not.to.include('diary')
  })

  it('makes the folders of its file, for this user alone', async () => {
    const folder = await folderWith({})
    await start({ url: `sqlite:${join(folder, 'a/b/archive.db')}` })
    await rename(join(folder, 'a/b/archive.db'), join(folder, 'a/b/moved.db'))
    rmSync(join(folder, 'a'), { recursive: true })
  })

  it('counts what it has written, by type', async () => {
    await using t = await testPlugin(archive, { options: { url: await sqliteUrl() } })
    await t.after('Group.CallbackAfterSendMsg', { MsgSeq: 1 })
    await t.after('Group.CallbackAfterSendMsg', { MsgSeq: 2 })
    await t.after('Group.CallbackAfterRecallMsg')
    expect(t.counts('written')).to.deep.equal([
      { labels: { type: 'message' }, value: 2 },
      { labels: { type: 'recall' }, value: 2 },
    ])
    expect(t.counts('transactions')).to.deep.equal([{ labels: {}, value: 3 }])
  })

  it('erases an account', async () => {
    const url = await sqliteUrl()
    const engine = await open(url)
    const { write } = await import('./support.ts')
    await write(engine, [c2cMessage(1, 'to jonh'), groupMessage(2, 'by jared')])
    const context = { app: UNSIGNED_APP, account: 'jonh', options: { url, onRecall: 'blank' as const } }
    expect(await archive.erase?.(context as unknown as Parameters<NonNullable<typeof archive.erase>>[0])).to.equal(1)
    expect((await rowsOf(engine)).map(({ text }) => text)).to.deep.equal(['by jared'])
  })
})
