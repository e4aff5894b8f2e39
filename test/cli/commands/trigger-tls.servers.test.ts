import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { folderWith, run, startCommand } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'
import { makeCertificate, writeCertificate } from '../../harness/servers/certificates.ts'

const configOf = (port: string, ca = ''): string =>
  `server: { port: ${port}, drainMs: 0, tls: { cert: a.pem, key: a.key${ca} } }\nadmin: false\napps: [{ sdkAppId: 7, unsigned: true }]\ndelivery: { engine: memory }\n`

describe('timhook trigger over TLS', () => {
  it('trusts the certificate of the config, another one by --cacert, and shows one by --cert and --key', async () => {
    const cwd = await folderWith({ 'c.yaml': configOf('0', ', ca: ca.pem') })
    const ca = await makeCertificate('ca')
    await writeCertificate(cwd, 'ca', ca)
    await writeCertificate(cwd, 'a', await makeCertificate('callbacks.example', { by: ca }))
    await writeCertificate(cwd, 'client', await makeCertificate('client', { by: ca }))
    const { url } = await startCommand(cwd, ['-c', 'c.yaml'])
    expect(url).to.match(/^https:/)
    await writeFile(join(cwd, 'c.yaml'), configOf(new URL(url).port))
    const trigger = async (...more: string[]): Promise<[number | null, string]> => {
      const { code, stdout } = await run(['trigger', FULL, '-c', 'c.yaml', ...more], { cwd })
      return [code, stdout.split(' ').slice(0, 2).join(' ')]
    }
    const client = ['--cert', 'client.pem', '--key', 'client.key']
    expect(await trigger(...client)).to.deep.equal([0, '200 {"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'])
    expect((await trigger(...client, '--url', url, '--cacert', 'ca.pem'))[0]).to.equal(0)
    expect((await trigger(...client, '--url', url))[1]).to.match(/^failed (UNABLE_TO|SELF_SIGNED)/)
    expect((await trigger())[1]).to.match(/^failed /)
    await writeCertificate(cwd, 'a', await makeCertificate('another', { by: ca }))
    expect((await trigger(...client))[1]).to.match(/^failed [A-Z_]+/)
    expect((await run(['trigger', FULL, '-c', 'c.yaml', '--cert', 'no.pem'], { cwd })).code).to.equal(2)
  })
})
