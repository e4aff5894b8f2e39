import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Database } from '../../../core/store/sqlite/database.ts'
import { folderWith, launch, run } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'
import { apps, UNSIGNED_APP } from '../../harness/server.ts'
import { jsonOf, linesOf, stored } from './stored.ts'

/** Writes a line for each callback. Late ones do not end before there is a file `go`. */
const PLUGIN = `
import { appendFileSync, existsSync } from 'node:fs'
export default {
  name: 'lists',
  handlers: {
    '${FULL}': async ({ body }) => {
      if (body.GroupId.startsWith('late') && !existsSync('go')) await new Promise(() => undefined)
      appendFileSync('handled', body.GroupId + '\\n')
    },
  },
}`
const ENTRY = '[{ use: ./lists.mjs, timeoutMs: 600000 }]'

async function post(url: string, group: string): Promise<number> {
  const target = `${url}?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${FULL}`
  const { status } = await fetch(target, { method: 'POST', body: JSON.stringify({ GroupId: group, EventTime: 1 }) })
  return status
}

async function handled(cwd: string): Promise<string[]> {
  return linesOf(await readFile(join(cwd, 'handled'), 'utf8').catch(() => ''))
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(setImmediate)
}

describe('timhook backup', () => {
  it('copies the store of a running server, from which another one goes on after a SIGKILL', async () => {
    const server = `server: { port: 0, drainMs: 0 }\nadmin: false\n`
    const config = `${server}apps: ${JSON.stringify(apps)}\nplugins: ${ENTRY}\n`
    const cwd = await folderWith({ 'config/plugins.yaml': config, 'config/lists.mjs': PLUGIN })
    const first = launch(['start'], cwd)
    const urlIn = (text: string): string => /listening on (http:[^"]+)/.exec(text)?.[1] ?? ''
    const url = urlIn(await first.says('listening on'))
    for (const group of ['a', 'b', 'late-1', 'late-2']) expect(await post(url, group)).to.equal(200)
    await until(async () => (await handled(cwd)).length === 2)
    // The outcomes of a and b are written in a batch, a moment after their handlers have returned.
    await until(async () => {
      const { stdout } = await run(['events', '--json'], { cwd })
      return jsonOf(stdout).filter(({ plugins }) => JSON.stringify(plugins).includes('done')).length === 2
    })
    const { code, stdout, stderr } = await run(['backup', 'copy.db'], { cwd })
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.match(/^copy\.db: \d+ bytes, complete and checked\n$/)
    expect((await stat(join(cwd, 'copy.db'))).mode & 0o777).to.equal(0o600)
    expect((await readdir(cwd)).filter((name) => name.startsWith('copy'))).to.deep.equal(['copy.db'])
    // Lost with the machine: it is in no backup.
    expect(await post(url, 'late-3')).to.equal(200)
    first.child.kill('SIGKILL')
    await first.ended

    const fresh = await folderWith({ 'config/plugins.yaml': config, 'config/lists.mjs': PLUGIN, go: '' })
    await mkdir(join(fresh, 'data'))
    await copyFile(join(cwd, 'copy.db'), join(fresh, 'data', 'timhook.db'))
    const second = launch(['start'], fresh)
    const next = urlIn(await second.says('listening on'))
    // The same again is a resend of what the backup has.
    expect(await post(next, 'a')).to.equal(200)
    expect(await post(next, 'new')).to.equal(200)
    await until(async () => (await handled(fresh)).length === 3)
    second.child.kill('SIGTERM')
    await second.ended
    expect((await handled(fresh)).toSorted()).to.deep.equal(['late-1', 'late-2', 'new'])
  })

  it('can be started from while the server that it is of still runs', async () => {
    const { cwd, serve, timhook } = await stored()
    const { post } = await serve([])
    await post(FULL, { GroupId: 'a' })
    expect((await timhook('backup', 'copy.db')).code).to.equal(0)
    const config = `server: { port: 0 }\nadmin: false\napps: ${JSON.stringify(apps)}\ndelivery: { sqlite: { file: copy.db } }\n`
    await writeFile(join(cwd, 'other.yaml'), config)
    await launch(['start', '-c', 'other.yaml'], cwd).says('listening on')
  })

  it('replaces no file without --force, and not the store itself', async () => {
    const { cwd, serve, timhook } = await stored('[]', { 'copy.db': 'mine' })
    await serve([])
    const { code, stderr } = await timhook('backup', 'copy.db')
    expect([code, stderr]).to.satisfy(([code, text]: [number, string]) => code === 1 && text.includes('--force'))
    expect(await readFile(join(cwd, 'copy.db'), 'utf8')).to.equal('mine')
    expect((await timhook('backup', 'data/timhook.db', '--force')).code).to.equal(2)
    const [{ file, bytes } = {}] = jsonOf((await timhook('backup', 'copy.db', '--force', '--json')).stdout)
    expect([file, bytes]).to.deep.equal([join(cwd, 'copy.db'), (await stat(join(cwd, 'copy.db'))).size])
    expect((await timhook('backup', 'no/such/copy.db')).code).to.equal(1)
    expect((await readdir(cwd)).filter((name) => name.includes('making'))).to.deep.equal([])
  })

  it('leaves no copy of a damaged store', async () => {
    const { cwd, serve, timhook } = await stored()
    const { post, server } = await serve([])
    for (let n = 0; n < 50; n++) await post(FULL, { GroupId: `g${n}`, filler: 'x'.repeat(9000) })
    await server.stop({ drainMs: 0 })
    const file = join(cwd, 'data', 'timhook.db')
    const database = new Database(file)
    const page = database.number("SELECT rootpage FROM sqlite_master WHERE name = 'blocks'")
    database.close()
    const bytes = await readFile(file)
    bytes.fill(0xff, (page - 1) * 8192, (page - 1) * 8192 + 64)
    await writeFile(file, bytes)
    const { code, stderr } = await timhook('backup', 'copy.db')
    expect([code, stderr]).to.satisfy(([code, text]: [number, string]) => code === 1 && text.length > 0)
    expect((await readdir(cwd)).filter((name) => name.startsWith('copy'))).to.deep.equal([])
  })

  it('names the tools of the other engines', async () => {
    const engines: [string, string, string][] = [
      ['memory', '', 'memory keeps nothing'],
      [
        'postgres',
        ", postgres: { url: 'postgres://a@127.0.0.1/a', schema: hooks }",
        'pg_dump --format=custom --schema=hooks',
      ],
      ['redis', ", redis: { url: 'redis://127.0.0.1' }", 'redis-cli --rdb'],
    ]
    for (const [engine, more, tool] of engines) {
      const cwd = await folderWith({
        'c.yaml': `apps: ${JSON.stringify(apps)}\ndelivery: { engine: ${engine}${more} }\n`,
      })
      const { code, stderr } = await run(['backup', 'a.db', '-c', 'c.yaml'], { cwd })
      expect([code, stderr]).to.satisfy(([code, text]: [number, string]) => code === 2 && text.includes(tool))
    }
  })
})
