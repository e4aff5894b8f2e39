import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith, startCommand, type StartedServer } from '../../harness/cli.ts'
import { secureClient } from '../../harness/https.ts'
import { FULL } from '../../harness/plugin.ts'
import { holdSocket, isListening } from '../../harness/socket-holder.ts'
import { makeCertificate, writeCertificate } from '../../harness/servers/certificates.ts'
import { describeWithRedis, startRedis } from '../../harness/servers/redis.ts'

const QUERY = `?SdkAppid=7&CallbackCommand=${FULL}`
const BODY = '{"GroupId":"a"}'

async function folder(server: string, files: Record<string, string> = {}): Promise<string> {
  const { url } = await startRedis()
  const config = `
server: { drainMs: 50, ${server} }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: redis, redis: { url: '${url}' } }
`
  return folderWith({ 'config/plugins.yaml': config, ...files })
}

async function stopped({ child, ended }: StartedServer): Promise<number | null> {
  child.kill('SIGTERM')
  return ended
}

describeWithRedis('the sockets of several workers', () => {
  it('have the new certificate after a reload, in each worker', async () => {
    const cwd = await folder('tls: { cert: ../a.pem, key: ../a.key }')
    const ca = await makeCertificate('ca')
    await writeCertificate(cwd, 'a', await makeCertificate('first', { by: ca }))
    const started = await startCommand(cwd, ['--port', '0', '--workers', '2'])
    const name = async (): Promise<string> => {
      const { status, name } = await secureClient({ ca: ca.cert }).send(started.url + QUERY, BODY)
      expect(status).to.equal(200)
      return name
    }
    expect(await name()).to.equal('first')
    await writeCertificate(cwd, 'a', await makeCertificate('second', { by: ca }))
    started.child.kill('SIGHUP')
    for (const worker of [1, 2])
      await started.line((one) => String(one['msg']).startsWith('config reloaded') && one['worker'] === worker)
    // Connections go to the workers in turn.
    expect([await name(), await name(), await name(), await name()]).to.deep.equal(Array(4).fill('second'))
    expect(await stopped(started)).to.equal(0)
  })

  it('may be one Unix socket, which goes with them', async () => {
    const path = join(await folderWith({}), 'timhook.sock')
    const started = await startCommand(await folder(`host: 'unix:${path}', socketMode: '0600'`), ['--workers', '2'])
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    const post = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath: path, path: `/${QUERY}`, method: 'POST' }, (response) =>
          resolve(response.resume().statusCode ?? 0),
        )
        sent.on('error', reject).end(BODY)
      })
    expect([await post(), await post(), await post(), await post()]).to.deep.equal([200, 200, 200, 200])
    expect(await stopped(started)).to.equal(0)
    expect(await stat(path).catch(({ code }: NodeJS.ErrnoException) => code)).to.equal('ENOENT')
  })

  it('may be the one that a service manager holds: LISTEN_FDS', async () => {
    const holder = holdSocket(await folder('port: 1'), ['--workers', '2'])
    const { url = '' } = await holder(isListening)
    const statuses = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { status } = await fetch(url + QUERY, { method: 'POST', body: BODY })
        return status
      }),
    )
    expect(statuses).to.deep.equal([200, 200, 200, 200])
  })
})
