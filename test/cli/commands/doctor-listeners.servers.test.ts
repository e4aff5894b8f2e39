import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import type { Config, ConfigInput } from '../../../config/schema/schema.ts'
import { examineListener } from '../../../core/cli/doctor/examine-listener.ts'
import { examineServer } from '../../../core/cli/doctor/examine-server.ts'
import { examineUrl } from '../../../core/cli/doctor/examine-url.ts'
import type { Finding } from '../../../core/cli/doctor/finding.ts'
import { folderWith, run, startCommand } from '../../harness/cli.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { serve, SIGNED_APP, TOKENS } from '../../harness/server.ts'
import { makeCertificate, type Made, writeCertificate } from '../../harness/servers/certificates.ts'

const SIGNED = { sdkAppId: SIGNED_APP, tokens: TOKENS }
const NO_ADDRESS = 'Tencent cannot reach 127.0.0.1, which is not a public address'

const textsOf = (findings: readonly Finding[], level: Finding['level']): string[] =>
  findings.filter((finding) => finding.level === level).map(({ text }) => text)

function configOf(input: Partial<ConfigInput>): Config {
  const { config } = checkConfig({ apps: [SIGNED], admin: false, ...input }, { env: {} })
  if (!config) throw new Error('a config with faults')
  return config
}

interface Files {
  readonly cert: string
  readonly key: string
}

async function filesOf(made: Made): Promise<Files> {
  const folder = await folderWith({})
  await writeCertificate(folder, 'own', made)
  return { cert: join(folder, 'own.pem'), key: join(folder, 'own.key') }
}

/** A server with a certificate, and its config with the port that it got. */
async function serveWith(by?: Made): Promise<{ files: Files; url: string; config: Config }> {
  const files = await filesOf(await makeCertificate('own', { ...(by && { by }) }))
  const { port, url } = await serve({ apps: [SIGNED], server: { tls: files } })
  return { files, url, config: configOf({ server: { port, tls: files } }) }
}

describe('timhook doctor, where the server has a Unix socket', () => {
  it('asks over the socket, and says when nobody is there', async () => {
    const socket = join(await folderWith({}), 'timhook.sock')
    const server = { host: `unix:${socket}`, path: '/im' }
    const config = configOf({ server })
    expect(textsOf(await examineListener(config), 'advice')).to.deep.equal([
      `no server answers on unix:${socket}:/im (ENOENT)`,
    ])
    await serve({ server })
    expect(await examineListener(config)).to.deep.equal([
      { level: 'fine', text: `timhook answers on unix:${socket}:/im` },
    ])
    const elsewhere = await examineListener(configOf({ server: { ...server, path: '/other' } }))
    expect(textsOf(elsewhere, 'advice')).to.deep.equal([
      `unix:${socket}:/other answered 404: it is not the server of this config`,
    ])
  })

  it('finds no fault in such a deployment', async () => {
    const cwd = await folderWith({})
    const yaml = `
server: { host: 'unix:${cwd}/timhook.sock' }
admin: { port: 0 }
apps: [{ sdkAppId: ${SIGNED_APP}, unsigned: true }]
plugins: [{ use: group-full }]
`
    const folder = await folderWith({ 'config/plugins.yaml': yaml })
    await startCommand(folder)
    const { code, stdout } = await run(['doctor'], { cwd: folder })
    expect(code, stdout).to.equal(0)
    expect(stdout).to.contain(`ok     timhook answers on unix:${cwd}/timhook.sock:/\n`)
  })
})

describe('timhook doctor, where the server serves HTTPS', () => {
  it('trusts a self-signed certificate, says that Tencent does not, and continues', async () => {
    const { config, url } = await serveWith()
    const local = await examineListener(config)
    expect(textsOf(local, 'fault')).to.deep.equal([])
    expect(textsOf(local, 'fine').join()).to.contain(`timhook answers on ${url}`)
    expect(textsOf(local, 'advice').join()).to.contain('the certificate of server.tls is self-signed: Tencent accepts')
    const remote = await examineUrl(url, config)
    const [, fault] = textsOf(remote, 'fault')
    expect(textsOf(remote, 'fault')).to.have.length(2)
    expect(fault).to.equal(
      `the certificate of ${new URL(url).host} is self-signed: Tencent accepts only that of a public authority, with its intermediates`,
    )
    expect(textsOf(remote, 'fine').join()).to.contain('answered the check of the console').and.contain('and no others')
  })

  it('reports an authority that is not known here, but not where it is known', async () => {
    const ca = await makeCertificate('ca')
    const { config, url, files } = await serveWith(ca)
    const local = await examineListener(config)
    expect(textsOf(local, 'fine').join()).to.contain(`timhook answers on ${url}`)
    expect(textsOf(local, 'advice').join()).to.match(/is not trusted here \(UNABLE_TO_\w+\): its authority is private/)
    expect(textsOf(await examineUrl(url, config), 'fault').join()).to.contain(
      'is not of an authority that is known here',
    )

    const yaml = `
server: { port: ${new URL(url).port}, tls: { cert: ${files.cert}, key: ${files.key} } }
admin: false
apps: [{ sdkAppId: ${SIGNED_APP}, tokens: ${JSON.stringify(TOKENS)} }]
plugins: [{ use: group-full }]
`
    const cwd = await folderWith({ 'config/plugins.yaml': yaml, 'ca.pem': ca.cert })
    const env = { NODE_EXTRA_CA_CERTS: join(cwd, 'ca.pem') }
    const { stdout } = await run(['doctor', '--url', url], { cwd, env })
    expect(stdout).to.contain(`timhook answers on ${url}`).and.contain('and no others')
    expect(stdout).not.to.contain('not trusted')
    expect(stdout.split('\n').filter((line) => line.startsWith('FAULT'))).to.deep.equal([`FAULT  ${NO_ADDRESS}`])
  })

  it('reports that the served certificate is not that of the config', async () => {
    const { url } = await serveWith()
    const files = await filesOf(await makeCertificate('new'))
    const config = configOf({ server: { port: Number(new URL(url).port), tls: files } })
    expect(textsOf(await examineListener(config), 'fault').join()).to.contain(
      'does not serve the certificate in server.tls.cert',
    )
  })

  it('signs nothing for a server whose certificate it cannot trust', async () => {
    const { cert, key } = await makeCertificate('proxy')
    const requests: string[] = []
    const proxy = createServer({ cert, key }, ({ url = '' }, response) => {
      requests.push(url)
      response.end('{"ActionStatus":"OK"}')
    }).listen(0, '127.0.0.1')
    await new Promise((listening) => proxy.once('listening', listening))
    stopAfterTest(async () => void proxy.close())
    const url = `https://127.0.0.1:${(proxy.address() as AddressInfo).port}/`
    for (const server of [{}, { tls: await filesOf(await makeCertificate('own')) }]) {
      const faults = textsOf(await examineUrl(url, configOf({ server })), 'fault')
      expect(faults).to.have.length(2)
      expect(faults[1]).to.contain('is self-signed')
    }
    expect(requests).to.deep.equal([])
  })

  it('asks the admin listener by HTTPS too, and leaves those alone that want a client certificate', async () => {
    const files = await filesOf(await makeCertificate('own'))
    const { server, port } = await serve({ admin: { port: 0, tls: files } })
    const admin = { port: Number(new URL(server.adminUrl ?? '').port), tls: files }
    expect(textsOf(await examineServer(configOf({ admin })), 'fine')).to.deep.equal(['the server is ready'])
    const mutual = { ...files, ca: files.cert }
    const config = configOf({ admin: { ...admin, tls: mutual }, server: { port, tls: mutual } })
    for (const findings of [await examineServer(config), await examineListener(config)])
      expect(textsOf(findings, 'advice').join()).to.contain('wants a client certificate, so it was not asked')
  })
})
