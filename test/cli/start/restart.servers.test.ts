import { Agent, request } from 'node:http'
import { expect } from 'chai'
import { folderWith, run, startCommand } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL } from '../../harness/plugin.ts'
import { holdSocket, isListening } from '../../harness/socket-holder.ts'

const CONFIG = `
server: { drainMs: 1000 }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
plugins: [{ use: group-full }]
`

describe('a restart', () => {
  it('refuses no request with a socket of systemd: LISTEN_FDS', async () => {
    // While it drains, each connection that is kept has to get one more answer, which tells its client to leave it.
    const config = CONFIG.replace('drainMs: 50', 'drainMs: 3000')
    const next = holdSocket(await folderWith({ 'config/plugins.yaml': config }))
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

  it('ignores a socket that is meant for another process', async () => {
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
