import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import { makeCertificate } from '../../harness/servers/certificates.ts'
import { configOf, faultsOf, inFolder, MINIMAL, read } from '../support.ts'

const TLS = `${MINIMAL}server:\n  tls: { cert: a.pem, key: a.key }\n`

describe('config: the files of tls', () => {
  it('may be next to the config, for both listeners', async () => {
    const { cert, key } = await makeCertificate('a')
    const text = `${TLS}admin: { tls: { cert: a.pem, key: a.key, ca: a.pem } }\n`
    const { server, admin } = await configOf(text, { files: { 'a.pem': cert, 'a.key': key } })
    expect(server.tls?.cert).to.match(/^\/.*\/a\.pem$/)
    expect(admin && admin.tls?.ca).to.equal(server.tls?.cert)
  })

  it('are named where they are missing', async () => {
    const faults = await faultsOf(TLS)
    expect(faults).to.have.length(2)
    expect(faults[0]).to.match(/^c\.yaml:3:16 server\.tls\.cert: cannot be read \(ENOENT\): \/.*a\.pem$/)
    expect(faults[1]).to.match(/^c\.yaml:3:28 server\.tls\.key: cannot be read \(ENOENT\)/)
  })

  it('have to fit each other', async () => {
    const [{ cert }, { key }] = [await makeCertificate('a'), await makeCertificate('b')]
    expect(await faultsOf(TLS, { files: { 'a.pem': cert, 'a.key': key } })).to.deep.equal([
      'c.yaml:3:28 server.tls.key: does not fit the certificate of cert; expected the key that it was made for',
    ])
  })

  it('have to be valid now, those of the chain too', async () => {
    const ca = await makeCertificate('ca', { until: -1, from: -9 })
    const old = await makeCertificate('a', { until: -1, from: -9 })
    const early = await makeCertificate('a', { from: 9 })
    const chained = await makeCertificate('a', { by: ca })
    for (const [{ cert, key }, said] of [
      [old, /^c\.yaml:3:16 server\.tls\.cert: expired on \d{4}-\d\d-\d\d; expected one that is valid$/],
      [early, /server\.tls\.cert: is valid from \d{4}-\d\d-\d\d on only; is the clock right\?$/],
      [{ ...chained, cert: chained.cert + ca.cert }, /server\.tls\.cert: expired on /],
    ] as const) {
      const faults = await faultsOf(TLS, { files: { 'a.pem': cert, 'a.key': key } })
      expect(faults).to.have.length(1)
      expect(faults[0]).to.match(said)
    }
  })

  it('are told about two weeks before they expire', async () => {
    const { cert, key } = await makeCertificate('a', { until: 13 })
    const { config, warnings } = await read(TLS, { files: { 'a.pem': cert, 'a.key': key } })
    expect(config).to.not.equal(undefined)
    expect(warnings.map(({ message }) => message.replace(/\d{4}-\d\d-\d\d/, 'DAY'))).to.deep.equal([
      'expires on DAY; renew it',
    ])
    const later = await makeCertificate('a', { until: 15 })
    expect((await read(TLS, { files: { 'a.pem': later.cert, 'a.key': later.key } })).warnings).to.deep.equal([])
  })

  it('have to be PEM, and the key without a passphrase', async () => {
    const { cert, key } = await makeCertificate('a')
    const cipher = 'aes-256-cbc'
    const locked = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher, passphrase: 'no' })
    // The bytes that say what it is: those of a signature may be any.
    const broken = cert.replace(/\nMI.{18}/, `\n${'A'.repeat(20)}`)
    const faults = async (files: Record<string, string>): Promise<string> => (await faultsOf(TLS, { files })).join('\n')
    expect(await faults({ 'a.pem': cert, 'a.key': String(locked) })).to.include('tls.key: has a passphrase')
    expect(await faults({ 'a.pem': cert, 'a.key': 'no' })).to.include('tls.key: expected a PEM file of a key')
    for (const bad of ['no', key, broken])
      expect(await faults({ 'a.pem': bad, 'a.key': key })).to.include('tls.cert: expected a PEM file')
  })

  it('are found from an object too, and a Unix socket takes none', async () => {
    const { cert, key } = await makeCertificate('a')
    await inFolder({ 'a.pem': cert, 'a.key': key }, (folder) => {
      const files = { cert: join(folder, 'a.pem'), key: join(folder, 'a.key') }
      const apps = [{ sdkAppId: 1, unsigned: true }]
      const of = (host: string): unknown[] =>
        checkConfig({ apps, server: { host, tls: files } }, { env: {} }).faults.map(({ path }) => path.join('.'))
      expect(of('127.0.0.1')).to.deep.equal([])
      expect(of('unix:/run/a.sock')).to.deep.equal(['server.tls'])
    })
  })
})
