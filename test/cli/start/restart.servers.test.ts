import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { spawn } from 'node:child_process'
import { expect } from 'chai'
import { BIN, folderWith, run, startCommand } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL } from '../../harness/plugin.ts'

const CONFIG = `
server: { drainMs: 1000 }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
plugins: [{ use: group-full }]
`

/**
 * A service manager as systemd is one: it opens the socket, and starts the server again when that has ended. It accepts
 * nothing itself, for it sleeps while the server runs.
 */
const MANAGER = `
import { createServer } from 'node:net'
import { spawnSync } from 'node:child_process'
const [, , node, bin] = process.argv
const socket = createServer().listen(0, '127.0.0.1', () => {
  const start = 'echo "{\\\\"pid\\\\":$$}"; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$1" start'
  const stdio = ['ignore', 'inherit', 'inherit', socket._handle.fd]
  for (let starts = 0; starts < 2; starts++) spawnSync('sh', ['-c', start, node, bin], { stdio })
  process.exit()
})`

interface Line {
  readonly pid?: number
  readonly msg?: string
  readonly url?: string
}

describe('a restart', () => {
  it('refuses no request with a socket of systemd: LISTEN_FDS', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG, 'manager.mjs': MANAGER })
    const manager = spawn(process.execPath, ['manager.mjs', process.execPath, BIN], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    })
    stopAfterTest(async () => {
      if (manager.exitCode === null) process.kill(-(manager.pid ?? 0), 'SIGKILL')
    })
    const lines = createInterface({ input: manager.stdout })[Symbol.asyncIterator]()
    const next = async (matches: (line: Line) => boolean): Promise<Line> => {
      for (;;) {
        const { value, done } = await lines.next()
        if (done === true) throw new Error('the manager has ended')
        const line = JSON.parse(value) as Line
        if (matches(line)) return line
      }
    }
    const isListening = ({ msg = '' }: Line): boolean => msg.startsWith('listening on')

    const { pid: first = 0 } = await next(({ pid }) => pid !== undefined)
    const { url = '' } = await next(isListening)
    const answers: (number | string)[] = []
    const over = new AbortController()
    // Some with a connection for each request, some that keep theirs.
    const agents = [undefined, undefined, undefined, new Agent({ keepAlive: true }), new Agent({ keepAlive: true })]
    const clients = agents.map(async (agent) => {
      while (!over.signal.aborted) answers.push(await post(url, agent))
    })
    while (answers.length < 100) await new Promise(setImmediate)
    process.kill(first, 'SIGTERM')
    const { pid: second = 0 } = await next(({ pid }) => pid !== undefined)
    await next(isListening)
    const before = answers.length
    while (answers.length < before + 100) await new Promise(setImmediate)
    over.abort()
    await Promise.all(clients)
    expect(new Set(answers)).to.deep.equal(new Set([200]))
    process.kill(second, 'SIGTERM')
  })

  it('takes no socket that is meant for another process', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG })
    const env = { LISTEN_FDS: '1', LISTEN_PID: '1' }
    process.env = { ...process.env, ...env }
    stopAfterTest(async () => {
      for (const name of Object.keys(env)) delete process.env[name]
    })
    const { url } = await startCommand(cwd)
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:[0-9]+\/$/)
  })

  it('waits for the port and the store of the former server with --wait', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': CONFIG })
    const former = await startCommand(cwd)
    const { port } = new URL(former.url)
    const refused = await run(['start', '--port', port], { cwd })
    expect(refused).to.deep.include({ code: 1 })
    expect(refused.stderr).to.contain('in use by another timhook')
    const successor = startCommand(cwd, ['--port', port, '--wait', '10m'])
    former.child.kill('SIGTERM')
    expect(await former.ended).to.equal(0)
    const { url } = await successor
    expect(await post(url)).to.equal(200)
  })
})

/** Resolves with the status, or the code of the error. */
function post(url: string, agent?: Agent): Promise<number | string> {
  return new Promise((resolve) => {
    const target = new URL(`?SdkAppid=7&CallbackCommand=${FULL}`, url)
    const sent = request(target, { method: 'POST', agent: agent ?? false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sent.end('{"GroupId":"@TGS#9"}')
  })
}
