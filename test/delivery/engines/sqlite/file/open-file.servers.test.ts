import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { SqliteClient } from '../../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { Database } from '../../../../../core/store/sqlite/database.ts'
import { folderWith, run, startCommand } from '../../../../harness/cli.ts'

const CONFIG = 'server: { port: 0, drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 1, unsigned: true }]\n'

async function refusedWith(file: string): Promise<{ code: string; message: string; hint: string }> {
  const refused: unknown = await SqliteClient.open(file).catch((error: unknown) => error)
  return refused as { code: string; message: string; hint: string }
}

describe('the file of the sqlite engine', () => {
  it('is created with its folders, readable by nobody else', async () => {
    const file = join(await folderWith({}), 'a', 'b', 'timhook.db')
    const client = await SqliteClient.open(file)
    await client.request('probe', undefined)
    const modes = await Promise.all(
      [join(file, '..'), file, `${file}-wal`, `${file}-shm`, `${file}.lock`].map(
        async (path) => (await stat(path)).mode,
      ),
    )
    await client.close('clean')
    expect(modes.map((mode) => (mode & 0o777).toString(8))).to.deep.equal(['700', '600', '600', '600', '600'])
  })

  it('belongs to one server: a second one is refused by name until the first has ended, however', async () => {
    const folder = await folderWith({ 'config/plugins.yaml': CONFIG })
    const server = await startCommand(folder)
    const second = await run(['start', '--port', '0'], { cwd: folder })
    expect(second.code).to.equal(1)
    expect(second.stderr).to.match(/data\/timhook\.db is in use by another timhook\n {2}One server works on a file/)
    server.child.kill('SIGKILL')
    await server.ended
    const next = await startCommand(folder)
    next.child.kill('SIGTERM')
    expect(await next.ended).to.equal(0)
  })

  it('has space reserved next to it, as much as the documents say', async () => {
    const folder = await folderWith({ 'config/plugins.yaml': CONFIG })
    const server = await startCommand(folder)
    const { size, mode } = await stat(join(folder, 'data/timhook.db.reserve'))
    server.child.kill('SIGTERM')
    expect(await server.ended).to.equal(0)
    for (const readme of ['docs/en/how-it-works.md', 'docs/zh/how-it-works.md']) {
      const [, megabytes] = /`timhook\.db\.reserve`\D+(\d+) MB/.exec(await readFile(readme, 'utf8')) ?? []
      expect(size, readme).to.equal(Number(megabytes) * 1024 * 1024)
    }
    expect(mode & 0o777).to.equal(0o600)
  })

  it('is left as it is where it is no database, or another program’s', async () => {
    const folder = await folderWith({ 'text.db': 'some text, longer than a header '.repeat(10) })
    const text = join(folder, 'text.db')
    expect(await refusedWith(text)).to.include({ code: 'STORE_FOREIGN' })
    expect(await readFile(text, 'utf8')).to.match(/^some text/)

    const foreign = join(folder, 'foreign.db')
    const theirs = new Database(foreign)
    theirs.exec('CREATE TABLE t (a)')
    theirs.close()
    const before = await readFile(foreign)
    expect(await refusedWith(foreign)).to.include({ code: 'STORE_FOREIGN' })
    expect((await readFile(foreign)).equals(before)).to.equal(true)
  })

  const changes: [what: string, sql: string, code: string, says: string][] = [
    ['it is of a newer timhook', 'PRAGMA user_version = 99', 'STORE_NEWER', 'newer timhook'],
    ['it is of before the first release', 'PRAGMA user_version = 1', 'STORE_FOREIGN', 'before the first release'],
    ['it is of a newer timhook, by its log alone', 'PRAGMA user_version = 99; --log', 'STORE_NEWER', 'newer timhook'],
    ['a table is missing', 'DROP TABLE blocks', 'STORE_UNUSABLE', 'no such table'],
  ]
  for (const [what, sql, code, says] of changes)
    it(`is refused where ${what}`, async () => {
      const file = join(await folderWith({}), 'a.db')
      await (await SqliteClient.open(file)).close('clean')
      const ours = new Database(file)
      ours.exec(sql)
      if (!sql.endsWith('--log')) ours.all('PRAGMA wal_checkpoint(TRUNCATE)')
      ours.close()
      const refused = await refusedWith(file)
      expect(refused).to.include({ code })
      expect(refused).to.have.property('message').that.contains(says)
    })

  it('is left as it is where it is damaged', async () => {
    const folder = await folderWith({})
    const file = join(folder, 'a.db')
    await (await SqliteClient.open(file)).close('clean')
    await truncate(file, 8192)
    const cut = await readFile(file)
    expect(await refusedWith(file)).to.include({ code: 'STORE_DAMAGED' })
    expect((await readFile(file)).equals(cut)).to.equal(true)

    const other = join(folder, 'b.db')
    await (await SqliteClient.open(other)).close('clean')
    const bytes = await readFile(other)
    bytes.fill(0xff, 4096, 8192 * 2)
    await writeFile(other, bytes)
    const refused = await refusedWith(other)
    expect(refused).to.include({ code: 'STORE_DAMAGED' })
    expect(refused.hint).to.contain('move it')
    expect((await readFile(other)).equals(bytes)).to.equal(true)
  })

  it('is refused where it cannot be written', async () => {
    const folder = await folderWith({})
    await mkdir(join(folder, 'is-a-folder.db'))
    expect(await refusedWith(join(folder, 'is-a-folder.db'))).to.include({ code: 'STORE_UNUSABLE' })
  })
})
