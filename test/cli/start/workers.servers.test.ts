import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { folderWith, run, startCommand, type StartedServer } from '../../harness/cli.ts'
import { openConnection, requestText } from '../../harness/connection.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { describeWithRedis, freePort, type RedisServer, startRedis } from '../../harness/servers/redis.ts'

const PLUGIN = `
export default {
  name: 'tells',
  setup: ({ log }) => log.info({ pid: process.pid }, 'is set up'),
  handlers: { 'Group.CallbackBeforeSendMsg': ({ log }) => log.info('asked') },
}`

const configOf = (url: string, adminPort: number, drainMs = 50): string => `
server: { drainMs: ${drainMs} }
admin: { port: ${adminPort} }
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${url}' } }
plugins: [{ use: ./tells.mjs }]
`

interface Started extends StartedServer {
  cwd: string
  redis: RedisServer
  pids: number[]
  readyz: () => Promise<{ status: number; body: { ready: boolean; checks: Record<string, string> } }>
  /** Posts on a connection of its own. */
  post: () => Promise<number>
}

async function startTwo(drainMs?: number): Promise<Started> {
  const redis = await startRedis()
  const files = { 'config/plugins.yaml': configOf(redis.url, await freePort(), drainMs), 'config/tells.mjs': PLUGIN }
  const cwd = await folderWith(files)
  const started = await startCommand(cwd, ['--port', '0', '--workers', '2'])
  const pids = started.lines.filter(({ msg }) => msg === 'is set up').map(({ pid }) => Number(pid))
  stopAfterTest(async () => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, 'SIGKILL')
  })
  const { url: adminUrl } = await started.line(({ msg }) => String(msg).startsWith('health on'))
  return {
    ...started,
    cwd,
    redis,
    pids,
    async readyz() {
      const response = await fetch(new URL('/readyz', String(adminUrl)))
      return { status: response.status, body: (await response.json()) as never }
    },
    async post() {
      const connection = await openConnection(Number(new URL(started.url).port))
      const target = '/?SdkAppid=7&CallbackCommand=Group.CallbackBeforeSendMsg'
      connection.send(requestText(`POST ${target}`, '{"MsgBody":[]}'))
      const { status } = await connection.answer()
      connection.destroy()
      return status
    },
  }
}

describeWithRedis('timhook start --workers', () => {
  it('has several processes answer on one port, and says once what there is to say', async () => {
    const { pids, lines, line, post, readyz } = await startTwo()
    expect(new Set(pids).size).to.equal(2)
    for (const worker of [1, 2]) {
      const isAsked = (one: Record<string, unknown>): boolean => one['msg'] === 'asked' && one['worker'] === worker
      while (!lines.some(isAsked)) expect(await post()).to.equal(200)
    }
    await line(({ msg }) => String(msg).startsWith('listening on'))
    const ours = lines.filter((one) => !('worker' in one)).map(({ msg }) => String(msg).replace(/ .*/, ''))
    expect(ours).to.deep.equal(['app', 'plugin', 'health', 'listening'])
    expect(await readyz()).to.deep.equal({
      status: 200,
      body: { ready: true, checks: { 'worker 1': 'ok', 'worker 2': 'ok', draining: 'ok' } },
    })
  })

  it('has every worker read the config again on SIGHUP, and restarts them one by one on SIGUSR2', async () => {
    const { child, pids, lines, line, post, cwd } = await startTwo()
    const config = join(cwd, 'config/plugins.yaml')
    const text = await readFile(config, 'utf8')
    await writeFile(config, text.replace('./tells.mjs', './tell.mjs'))
    child.kill('SIGHUP')
    await line(({ level, worker }) => level === 'error' && worker === undefined)
    expect(lines.filter(({ level, worker }) => level === 'error' && worker !== undefined)).to.deep.equal([])
    await writeFile(config, text.replace('./tells.mjs', './tells.mjs, timeoutMs: 900'))
    child.kill('SIGHUP')
    for (const number of [1, 2])
      await line(({ msg, worker }) => msg === 'config reloaded: plugin tells changed' && worker === number)
    const over = new AbortController()
    const answers: number[] = []
    const clients = [0, 1].map(async () => {
      while (!over.signal.aborted) answers.push(await post())
    })
    child.kill('SIGUSR2')
    await line(({ msg }) => msg === 'all workers were restarted')
    over.abort()
    await Promise.all(clients)
    expect(new Set(answers)).to.deep.equal(new Set([200]))
    const all = lines.filter(({ msg }) => msg === 'is set up').map(({ pid }) => Number(pid))
    expect(new Set(all).size).to.equal(4)
    expect(pids.every((pid) => !isAlive(pid))).to.equal(true)
  })

  it('replaces a worker that dies, and goes on meanwhile', async () => {
    const { pids, line, post, readyz } = await startTwo()
    process.kill(pids[0] ?? 0, 'SIGKILL')
    const { worker, signal } = await line(({ msg }) => String(msg).includes('died'))
    expect(signal).to.equal('SIGKILL')
    const { status, body } = await readyz()
    expect(status).to.equal(503)
    expect(body.checks[`worker ${String(worker)}`]).to.match(/^(died|starts)$/)
    expect(await post()).to.equal(200)
    await line(({ msg }) => msg === `worker ${String(worker)} listens again`)
    expect((await readyz()).status).to.equal(200)
    expect(await post()).to.equal(200)
  })

  it('names the workers that are not ready', async () => {
    const { redis, readyz } = await startTwo()
    await redis.kill()
    const { status, body } = await readyz()
    expect([status, body.ready]).to.deep.equal([503, false])
    for (const worker of [1, 2]) expect(body.checks[`worker ${worker}`]).to.match(/^store: .*cannot be reached/)
  })

  it('drains on SIGTERM and ends with 0', async () => {
    const { child, ended, lines, pids } = await startTwo()
    child.kill('SIGTERM')
    expect(await ended).to.equal(0)
    for (const msg of ['draining', 'closed']) {
      expect(
        lines.filter((one) => one['msg'] === msg).map(({ worker }) => worker),
        msg,
      ).to.have.members([1, 2])
    }
    expect(pids.filter(isAlive)).to.deep.equal([])
  })

  it('ends at once on a second signal', async () => {
    const { child, line, ended, readyz } = await startTwo(60_000)
    child.kill('SIGTERM')
    for (const worker of [1, 2]) await line((one) => one['msg'] === 'draining' && one['worker'] === worker)
    const { status, body } = await readyz()
    expect([status, body.checks['draining']]).to.deep.equal([503, 'the server is about to stop'])
    child.kill('SIGTERM')
    // Their output is closed too: all of them have ended.
    expect(await ended).to.equal(1)
  })

  it('leaves no worker behind when it is killed', async () => {
    const { child, ended, lines } = await startTwo()
    child.kill('SIGKILL')
    await ended
    expect(lines.filter(({ msg }) => msg === 'closed').map(({ worker }) => worker)).to.have.members([1, 2])
  })

  it('leaves signals to the first process, which get to all of them at a terminal', async () => {
    const { child, ended, pids, lines } = await startTwo(60_000)
    for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGINT'] as const) {
      for (const pid of pids) process.kill(pid, signal)
      child.kill(signal)
    }
    expect(await ended, lines.map((line) => JSON.stringify(line)).join('\n')).to.equal(0)
    expect(lines.filter(({ msg }) => msg === 'closed')).to.have.length(2)
  })

  it('does not start where one worker cannot, and says why once', async () => {
    const { url } = await startRedis()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    stopAfterTest(async () => void taken.close())
    const cwd = await folderWith({ 'config/plugins.yaml': configOf(url, 0), 'config/tells.mjs': PLUGIN })
    const { port } = taken.address() as AddressInfo
    const { code, stderr } = await run(['start', '--port', String(port), '--workers', '2'], { cwd })
    expect(code).to.equal(1)
    expect(stderr.split('EADDRINUSE')).to.have.length(2)
    expect(stderr).to.contain('--port')
  })

  it('checks the config once', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': 'apps: []\n' })
    const { code, stderr } = await run(['start', '--workers', '2'], { cwd })
    expect([code, stderr.match(/expected a list/g)?.length]).to.deep.equal([78, 1])
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
