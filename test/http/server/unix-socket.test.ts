import { once } from 'node:events'
import { chmod, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { folderWith, launch, run } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL } from '../../harness/plugin.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

interface Sent {
  readonly status: number
  readonly text: string
}

function post(socketPath: string, path = '/', headers: Record<string, string> = {}): Promise<Sent> {
  const target = `${path}?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${FULL}`
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: target, method: 'POST', headers }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject).end('{"GroupId":"a"}')
  })
}

async function socketFile(): Promise<string> {
  return join(await folderWith({}), 'timhook.sock')
}

/** Leaves a socket that nobody listens on, as a server that was killed does. */
function leaveStale(socket: string): void {
  const code = `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', code])
}

describe('a Unix socket as server.host', () => {
  it('serves callbacks for those whom its mode admits', async () => {
    const socket = await socketFile()
    const { server, url } = await serve({ server: { host: `unix:${socket}`, path: '/callbacks', socketMode: '0600' } })
    expect(url).to.equal(`unix:${socket}:/callbacks`)
    expect((await stat(socket)).mode & 0o777).to.equal(0o600)
    expect((await post(socket, '/callbacks')).status).to.equal(200)
    await server.stop({ drainMs: 0, graceMs: 20 })
    expect(await stat(socket).catch(({ code }: NodeJS.ErrnoException) => code)).to.equal('ENOENT')
  })

  it('lets the group connect by default', async () => {
    const socket = await socketFile()
    await serve({ server: { host: `unix:${socket}` } })
    expect((await stat(socket)).mode & 0o777).to.equal(0o660)
  })

  it('replaces a socket that nobody listens on', async () => {
    const socket = await socketFile()
    leaveStale(socket)
    expect((await stat(socket)).isSocket()).to.equal(true)
    await serve({ server: { host: `unix:${socket}` } })
    expect((await post(socket)).status).to.equal(200)
  })

  it('leaves alone a socket in use, and a file that is not a socket', async () => {
    const folder = await folderWith({ 'a.txt': 'mine' })
    const socket = join(folder, 'timhook.sock')
    const other = createServer((connection) => connection.on('error', () => undefined).end('mine')).listen(socket)
    await once(other, 'listening')
    stopAfterTest(async () => void other.close())
    const fault = (host: string): Promise<unknown> => serve({ server: { host } }).catch(({ message }: Error) => message)
    expect(await fault(`unix:${socket}`)).to.equal(`cannot listen on unix:${socket} (EADDRINUSE)`)
    const [answer] = (await once(connect(socket), 'data')) as [Buffer]
    expect(answer.toString()).to.equal('mine')
    expect(await fault(`unix:${folder}/a.txt`)).to.match(/there is a file that is not a socket$/)
    expect(await fault(`unix:${folder}/no/a.sock`)).to.match(/\(EACCES\)$/)
  })

  it('takes the address of clients from the proxy', async () => {
    const socket = await socketFile()
    const { lines } = await serve({
      server: { host: `unix:${socket}`, trustProxy: ['127.0.0.1'], allowFrom: ['192.0.2.0/24'] },
    })
    expect((await post(socket, '/', { 'x-forwarded-for': '192.0.2.9' })).status).to.equal(200)
    expect((await post(socket, '/', { 'x-forwarded-for': '198.51.100.9' })).status).to.equal(403)
    expect((await post(socket)).status).to.equal(403)
    expect(lines.some((line) => line.includes('"peer":"192.0.2.9"'))).to.equal(true)
  })

  it('is the target of trigger, as start says; replaces what a SIGKILL has left', async () => {
    const cwd = await folderWith({})
    const socket = join(cwd, 'timhook.sock')
    const config = `server: { host: 'unix:${socket}', drainMs: 0 }\nadmin: false\napps: [{ sdkAppId: 7, unsigned: true }]\n`
    await writeFile(join(cwd, 'c.yaml'), config)
    const first = launch(['start', '-c', 'c.yaml'], cwd)
    await first.says(`listening on unix:${socket}`)
    first.child.kill('SIGKILL')
    await first.ended
    const second = launch(['start', '-c', 'c.yaml'], cwd)
    await second.says('listening on')
    for (const more of [[], ['--url', `unix:${socket}`], ['--url', `unix:${socket}:/`]]) {
      const { code, stdout } = await run(['trigger', FULL, '-c', 'c.yaml', ...more], { cwd })
      expect([code, stdout]).to.satisfy(([code, text]: [number, string]) => code === 0 && text.startsWith('200 '))
    }
    await chmod(socket, 0o600)
    const { code, stderr } = await run(['trigger', FULL, '-c', 'c.yaml', '--url', `unix:${socket}x`], { cwd })
    expect([code, stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 1 && text.includes(`unix:${socket}x`),
    )
  })
})
