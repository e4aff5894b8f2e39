import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { expect } from 'chai'
import type { PluginInput } from '../../../../../config/sections/plugins.ts'
import { mark } from '../../../../../core/delivery/engines/sqlite/file/clean-mark.ts'
import { openFile } from '../../../../../core/delivery/engines/sqlite/file/open-file.ts'
import { SqliteClient } from '../../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { Database } from '../../../../../core/store/sqlite/database.ts'
import { folderWith, startCommand } from '../../../../harness/cli.ts'
import { stopAfterTest } from '../../../../harness/hooks.ts'
import { deferred, entry, full, FULL } from '../../../../harness/plugin.ts'
import { serve as serveWith, type TestServer } from '../../../../harness/server.ts'
import { newFile, runEngine } from '../run-sqlite.ts'

const stopped = { drainMs: 0, graceMs: 0 }

function serve(file: string, plugins: PluginInput[]): Promise<TestServer> {
  return serveWith({ delivery: { engine: 'sqlite', sqlite: { file } }, plugins })
}

function isMarkedClean(file: string): boolean {
  const database = new Database(file)
  const clean = database.number("SELECT value FROM meta WHERE name = 'clean'")
  database.close()
  return clean === 1
}

/** A plugin whose handler never ends, and what resolves once it runs. */
function hanging(heeds: boolean): { plugin: PluginInput; started: Promise<void> } {
  const started = deferred()
  const handle = ({ signal }: { signal: AbortSignal }): Promise<void> => {
    started.resolve()
    return new Promise((resolve) => heeds && signal.addEventListener('abort', () => resolve()))
  }
  return { plugin: entry('one', { [FULL]: handle }), started: started.promise }
}

describe('the end of a server on the sqlite engine', () => {
  it('is clean if handlers obey their signals, and not if one goes on', async () => {
    for (const heeds of [true, false]) {
      const file = await newFile()
      const { plugin, started } = hanging(heeds)
      const { post, server } = await serve(file, [plugin])
      await post(FULL, full())
      await started
      await server.stop(stopped)
      expect(isMarkedClean(file)).to.equal(heeds)
    }
  })

  it('takes what is under way at every stop for no poison, unless faults ended the server', async () => {
    for (const failed of [false, true]) {
      const file = await newFile()
      for (let stop = 0; stop <= 3; stop++) {
        const { plugin, started } = hanging(false)
        const { post, server } = await serve(file, [plugin])
        if (stop === 0) await post(FULL, full())
        await started
        await server.stop({ ...stopped, failed })
      }
      const last = hanging(false)
      const { bus } = await serve(file, [last.plugin])
      const ended = await Promise.race([
        last.started.then(() => 'tried'),
        bus.next('callback:suspect').then(({ crashes }) => crashes),
      ])
      expect(ended).to.equal(failed ? 3 : 'tried')
    }
  })

  it('is well where nothing can be written any more: the next start is careful then', async () => {
    const opened = openFile(await newFile())
    const { database } = opened
    stopAfterTest(async () => opened.close())
    database.exec('PRAGMA query_only = 1')
    expect(mark(database, 'clean', 1)).to.equal(false)
    expect(mark(database, 'unsettled', 1)).to.equal(false)
    database.exec('PRAGMA query_only = 0')
    expect(mark(database, 'clean', 1)).to.equal(true)
  })

  it('is emitted when the thread of the store dies: nothing is acknowledged any more, and the reason is given', async () => {
    const file = await newFile()
    const told = deferred<Error>()
    const client = await SqliteClient.open(file, told.resolve)
    // It gives what no message can carry.
    const asked = client.request('valueOf' as 'probe', undefined)
    const refused: unknown = await asked.catch((error: unknown) => error)
    expect(refused).to.include({ code: 'STORE_UNUSABLE' })
    expect((await told.promise).message).to.match(/^the thread of the store ended/)
    expect(await client.request('probe', undefined).catch((error: unknown) => error)).to.equal(refused)
    expect(await client.close('clean')).to.include({ marked: false })
  })

  it('is why a file cannot be opened, where the thread was started early and is dead by then', async () => {
    const started = once(process, 'worker') as Promise<[Worker]>
    const client = new SqliteClient()
    const [thread] = await started
    await thread.terminate()
    const file = await newFile()
    const refused: unknown = await SqliteClient.open(file, undefined, client).catch((error: unknown) => error)
    expect(refused).to.include({ code: 'STORE_UNUSABLE' })
    expect(existsSync(file)).to.equal(false)
  })

  it('is not emitted when the store is closed on purpose', async () => {
    let told = 0
    const client = await SqliteClient.open(await newFile(), () => told++)
    await client.close('clean')
    expect(told).to.equal(0)
  })

  it('makes the process end with 1, for a supervisor to start another one', async () => {
    const plugin = `
      import { Worker } from 'node:worker_threads'
      const workers = new Set()
      const post = Worker.prototype.postMessage
      Worker.prototype.postMessage = function (...args) {
        workers.add(this)
        return post.apply(this, args)
      }
      export default { name: 'kills', handlers: { '*': async () => { for (const one of workers) void one.terminate() } } }`
    const cwd = await folderWith({
      'config/plugins.yaml':
        'server: { drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 7, unsigned: true }]\nplugins: [{ use: ./kills.mjs }]\n',
      'config/kills.mjs': plugin,
    })
    const { url, line, ended } = await startCommand(cwd)
    await fetch(`${url}?SdkAppid=7&CallbackCommand=A.B`, { method: 'POST', body: '{}' })
    expect(await line(({ msg }) => msg === 'the store is lost')).to.have.nested.property('error.code', 'STORE_UNUSABLE')
    expect(await ended).to.equal(1)
  })

  it('leaves after-callbacks refused until then, and the reason in the health', async () => {
    const { delivery, client, accept } = await runEngine(await newFile(), { one: () => undefined })
    await client.request('valueOf' as 'probe', undefined).catch(() => undefined)
    const accepted = await accept(1).catch((error: unknown) => error)
    const health = await delivery.health().catch((error: unknown) => error)
    for (const error of [accepted, health])
      expect(error).to.have.property('message').that.contains('thread of the store')
  })
})
