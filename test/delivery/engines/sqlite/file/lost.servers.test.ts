import { spawnSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { copyFile, link, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { suspectFileOf, takeSuspect } from '../../../../../core/delivery/engines/sqlite/file/suspect-file.ts'
import { openSqliteHistory } from '../../../../../core/delivery/engines/sqlite/history/history.ts'
import { SqliteClient } from '../../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { watchPresence } from '../../../../../core/delivery/engines/sqlite/file/presence.ts'
import { folderWith, run, type StartedServer, startCommand } from '../../../../harness/cli.ts'
import { stopAfterTest } from '../../../../harness/hooks.ts'
import { deferred, entry, full, FULL } from '../../../../harness/plugin.ts'
import { serve } from '../../../../harness/server.ts'
import { counted } from '../../../contract/counted.ts'
import { newFile } from '../run-sqlite.ts'

const CONFIG = (file = 'data/timhook.db'): string =>
  `server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: 1, unsigned: true }]
delivery: { sqlite: { file: ${file} } }
`
const COUNT = 5

async function started(): Promise<{ folder: string; file: string; server: StartedServer }> {
  const folder = await folderWith({ 'config/plugins.yaml': CONFIG() })
  const server = await startCommand(folder)
  for (let n = 0; n < COUNT; n++) expect(await post(server, n)).to.equal(200)
  return { folder, file: join(folder, 'data/timhook.db'), server }
}

async function post({ url }: StartedServer, n: number): Promise<number> {
  const body = JSON.stringify(full({ GroupId: `g${n}` }))
  const { status } = await fetch(`${url}?SdkAppid=1&CallbackCommand=${FULL}`, { method: 'POST', body })
  return status
}

/** How many callbacks a server of this folder would know of. */
async function stored(folder: string): Promise<number> {
  const { stdout } = await run(['events', '--json'], { cwd: folder })
  return stdout.trim().split('\n').filter(Boolean).length
}

async function rescued(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.includes('.rescued-'))
}

describe('the file of a sqlite store, while its server runs', () => {
  const losses: [how: string, lose: (file: string) => Promise<void>][] = [
    ['removed', (file) => rm(file)],
    ['removed with its folder', (file) => rm(join(file, '..'), { recursive: true })],
    [
      'replaced by another one',
      async (file) => {
        await writeFile(`${file}.other`, 'something else')
        await rename(`${file}.other`, file)
      },
    ],
  ]
  for (const [how, lose] of losses)
    it(`is missed where it is ${how}: 503 at once, and what was acknowledged is delivered and copied`, async () => {
      const file = await newFile()
      const release = deferred()
      const handled: unknown[] = []
      const plugin = entry('one', {
        [FULL]: async ({ body }) => {
          await release.promise
          handled.push(body.GroupId)
        },
      })
      const { server, bus, post } = await serve({ delivery: { engine: 'sqlite', sqlite: { file } }, plugins: [plugin] })
      for (let n = 0; n < COUNT; n++) expect((await post(FULL, full({ GroupId: `g${n}` }))).status).to.equal(200)
      const told = bus.next('store:lost')
      await lose(file)
      expect((await server.readiness()).checks)
        .to.have.property('store')
        .that.contains('while the server ran')
      expect(await told).to.deep.include({ isOpen: true })
      expect((await post(FULL, full())).status).to.equal(503)
      const all = counted(bus, COUNT)
      release.resolve()
      await all
      await server.stop({ drainMs: 0 })
      expect(handled).to.have.length(COUNT)
      const [copy, ...more] = await rescued(join(file, '..'))
      expect(more).to.deep.equal([])
      const history = openSqliteHistory(join(file, '..', copy ?? ''))
      const { entries } = await history.forward({ outcome: 'done' })
      await history.close()
      expect(entries).to.have.length(COUNT)
    })

  it('is missed by timhook start, which ends with 1; a server can go on with the copy', async () => {
    const { folder, file, server } = await started()
    await rm(file)
    expect(await server.ended).to.equal(1)
    const [copy] = await rescued(join(folder, 'data'))
    await writeFile(join(folder, 'config/plugins.yaml'), CONFIG(`data/${copy}`))
    const next = await startCommand(folder)
    expect(await post(next, 101)).to.equal(200)
    expect(await stored(folder)).to.equal(COUNT + 1)
  })

  it('is whole at the next start where only its log was removed', async () => {
    const { folder, file, server } = await started()
    await rm(`${file}-wal`)
    expect(await server.ended).to.equal(1)
    expect(await stored(folder)).to.equal(COUNT)
  })

  it('is not spoilt where a copy is written over it: the server ends with 1, and leaves it as it is', async () => {
    const { folder, file, server } = await started()
    const other = await started()
    other.server.child.kill('SIGTERM')
    expect(await other.server.ended).to.equal(0)
    await copyFile(other.file, file)
    expect(await server.ended).to.equal(1)
    await rm(`${file}-shm`, { force: true })
    expect(await stored(folder)).to.equal(COUNT)
    const next = await startCommand(folder)
    expect(await post(next, 101)).to.equal(200)
  })

  it('may be away for a moment', async () => {
    const file = await newFile()
    const opened = await SqliteClient.open(file)
    let losses = 0
    const presence = await watchPresence(file, opened.descriptor, () => losses++, { everyMs: 1e6, sureAfterMs: 1 })
    stopAfterTest(async () => {
      await presence.close()
      await opened.close('clean')
    })
    renameSync(file, `${file}.away`)
    const refused: unknown = await presence.look().catch((error: unknown) => error)
    renameSync(`${file}.away`, file)
    expect(refused).to.include({ code: 'STORE_LOST' })
    await delay(50)
    await presence.look()
    expect(losses).to.equal(0)
  })
})

describe('a second server on a sqlite file', () => {
  const paths: [how: string, make: (file: string, other: string) => Promise<unknown>][] = [
    ['a symbolic link', (file, other) => symlink(file, other)],
    ['a symbolic link to its folder', (file, other) => linkedFolder(file, other)],
    ['a hard link', (file, other) => link(file, other)],
  ]
  for (const [how, make] of paths)
    it(`is refused by name where it comes by ${how}`, async () => {
      const { folder, file, server } = await started()
      const other = join(folder, 'other/timhook.db')
      if (how !== 'a symbolic link to its folder') await mkdir(join(folder, 'other'))
      await make(file, other)
      await writeFile(join(folder, 'config/plugins.yaml'), CONFIG('other/timhook.db'))
      const second = await run(['start'], { cwd: folder })
      expect(second.code).to.equal(1)
      expect(second.stderr).to.match(/timhook\.db is in use by another timhook/)
      if (how === 'a hard link') expect(second.stderr).to.contain(`(process ${server.child.pid})`)
      expect(await post(server, 100)).to.equal(200)
    })

  it('finds what the watchdog has left next to the file, whatever path leads to it', async () => {
    const folder = await folderWith({ 'data/timhook.db': '' })
    await symlink(join(folder, 'data/timhook.db'), join(folder, 'link.db'))
    const left = suspectFileOf({ engine: 'sqlite', sqlite: { file: join(folder, 'link.db') } })
    await writeFile(left ?? '', 'id')
    expect(takeSuspect(join(folder, 'data/timhook.db'))).to.equal('id')
  })

  it('ends the first one by name, where the first could not be seen, as from another container', async () => {
    const { folder, file, server } = await started()
    await link(file, join(folder, 'hard.db'))
    const path = (name: string): string => JSON.stringify(join(process.cwd(), 'dist/core', name))
    const script = `
      const { Database } = await import(${path('store/sqlite/database.js')})
      const { claimText } = await import(${path('delivery/engines/sqlite/file/claim.js')})
      const database = new Database('hard.db')
      const claim = { id: 'f'.repeat(32), boot: '0'.repeat(36), space: '1', pid: 4242, started: '1' }
      database.run('UPDATE owner SET claim = ?', claimText({ ...claim, boot: '' }))
      database.all('PRAGMA wal_checkpoint(TRUNCATE)')`
    await writeFile(join(folder, 'claim.mjs'), script)
    expect(spawnSync(process.execPath, ['claim.mjs'], { cwd: folder, stdio: 'inherit' }).status).to.equal(0)
    const line = await server.line(({ msg }) => msg === 'the store is lost')
    expect(JSON.stringify(line)).to.match(/STORE_IN_USE.*\(process 4242\)/)
    expect(await server.ended).to.equal(1)
    expect(await rescued(join(folder, 'data'))).to.have.length(1)
  })

  it('is warned of by check and start, where the file has more than one hard link', async () => {
    const { folder, file, server } = await started()
    server.child.kill('SIGTERM')
    await server.ended
    await link(file, join(folder, 'hard.db'))
    const checked = await run(['check'], { cwd: folder })
    expect(checked).to.include({ code: 0 })
    expect(checked.stderr).to.match(/^warning: .*data\/timhook\.db has 2 hard links/m)
    const next = await startCommand(folder)
    await next.line(({ msg }) => String(msg).includes('has 2 hard links'))
  })
})

async function linkedFolder(file: string, other: string): Promise<void> {
  await symlink(join(file, '..'), join(other, '..'))
}
