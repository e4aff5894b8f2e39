import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { Database } from '../../../core/store/sqlite/database.ts'
import { folderWith, launch, type Running } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'

/**
 * Holds the event loop for as long as the group says, in milliseconds or until there is a file; with `later` once it has
 * awaited something. It takes no processor time for it: other tests need that.
 */
const HOLDS = `
import { existsSync } from 'node:fs'
const cell = new Int32Array(new SharedArrayBuffer(4))
const hold = (ms) => Atomics.wait(cell, 0, 0, ms)
export default {
  name: 'holds',
  close: () => hold(3500),
  handlers: {
    '${FULL}': ({ body, emit }) => {
      const [how, ms] = body.GroupId.split(' ')
      if (how === 'now') hold(Number(ms))
      if (how === 'until') while (!existsSync(ms)) hold(20)
      if (how === 'later') return new Promise(setImmediate).then(() => hold(Number(ms)))
      if (how === 'never') return new Promise(() => undefined)
    },
  },
}`

const config = (engine: string, stallMs: number): string => `
server: { port: 0, drainMs: 0, stallMs: ${stallMs} }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: ${engine} }
plugins: [{ use: ./holds.mjs }]
`

interface Server extends Running {
  cwd: string
  post: (group: string) => Promise<number>
}

async function start(engine: string, stallMs: number, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const cwd = await folderWith({ 'config/plugins.yaml': config(engine, stallMs), 'config/holds.mjs': HOLDS })
  return startIn(cwd, env)
}

async function startIn(cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const running = launch(['start'], cwd, env)
  const url = /"url":"([^"]+)","msg":"listening/.exec(await running.says('"listening on'))?.[1]
  let serial = Date.now() * 1000
  const post = async (GroupId: string): Promise<number> => {
    const body = JSON.stringify({ CallbackCommand: FULL, GroupId, EventTime: serial++ })
    const answer = await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, { method: 'POST', body })
    await answer.text()
    return answer.status
  }
  return { ...running, cwd, post }
}

const HELD = `the event loop has been blocked for 2000 ms by plugin holds with ${FULL} `

describe('the watchdog of the event loop', () => {
  it('names plugin and callback after 2 s, and ends the process at server.stallMs, by SIGKILL', async () => {
    const { post, says, ended, child } = await start('memory', 3000)
    post('now 60000').catch(() => undefined)
    const said = await says(HELD)
    expect(said).to.match(
      /timhook: the event loop [^\n]* [0-9a-z]{22}; at 3000 ms \(server\.stallMs\) the process ends/,
    )
    const { stderr } = await ended
    expect(child.signalCode).to.equal('SIGKILL')
    expect(stderr).to.match(/blocked for 3000 ms by plugin holds with \S+ [0-9a-z]{22}: the process ends\n$/)
  })

  it('names the calls under way if a handler continues after an await', async () => {
    const { post, says } = await start('memory', 60_000)
    await post('later 60000')
    await says(`blocked for 2000 ms; handlers under way: plugin holds with ${FULL} `)
  })

  it('logs when the event loop runs again, and the server goes on', async () => {
    const { post, says, cwd, child, ended } = await start('memory', 600_000)
    const held = post('until freed').catch(() => undefined)
    await says(HELD)
    await writeFile(join(cwd, 'freed'), '')
    await held
    await says(`"by":[{"plugin":"holds","command":"${FULL}","callback":"`)
    await says('"msg":"the event loop was blocked"')
    expect(await post('fine')).to.equal(200)
    child.kill('SIGTERM')
    expect((await ended).code).to.equal(0)
  })

  it('is off once the server drains, since a close may take long', async () => {
    const { child, ended } = await start('memory', 3000)
    child.kill('SIGTERM')
    const { code, stderr } = await ended
    expect([code, stderr]).to.deep.equal([0, ''])
  })

  it('counts its own ticks, and does not blame a process that was suspended for a while', async () => {
    const { post, child } = await start('memory', 3000)
    child.kill('SIGSTOP')
    await delay(4000)
    child.kill('SIGCONT')
    expect(await post('fine')).to.equal(200)
    expect(child.signalCode).to.equal(null)
  })

  it('rests while a debugger is attached', async () => {
    const { post } = await start('memory', 2000, { NODE_OPTIONS: '--inspect=127.0.0.1:0' })
    await post('now 3000').catch(() => undefined)
    expect(await post('fine')).to.equal(200)
  })

  it('leaves the callback that blocked the event loop as the only suspect', async () => {
    const first = await start('sqlite', 2000)
    // They are under way, too, and came before it.
    for (const group of ['never 1', 'never 2', 'never 3']) await first.post(group)
    first.post('now 60000').catch(() => undefined)
    await first.ended
    const id = readFileSync(join(first.cwd, 'data/timhook.db.stalled'), 'utf8')
    expect(id).to.match(/^[0-9a-z]{22}$/)
    const second = await startIn(first.cwd).catch(() => undefined)
    await second?.ended
    const database = new Database(join(first.cwd, 'data/timhook.db'))
    expect(database.number('SELECT count(*) FROM tries')).to.equal(1)
    database.close()
    expect(existsSync(join(first.cwd, 'data/timhook.db.stalled'))).to.equal(true)
  })
})
