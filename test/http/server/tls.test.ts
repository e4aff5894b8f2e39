import { once } from 'node:events'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect } from 'chai'
import { checkConfig } from '../../../config/read/read.ts'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { prepare } from '../../../core/runtime.ts'
import { folderWith } from '../../harness/cli.ts'
import { openConnection } from '../../harness/connection.ts'
import { secureClient } from '../../harness/https.ts'
import { makeCertificate, type Made, writeCertificate } from '../../harness/servers/certificates.ts'
import { apps, eventsOf, serve, type TestServer, UNSIGNED_APP } from '../../harness/server.ts'
import { stopAfterTest } from '../../harness/hooks.ts'

const QUERY = `?SdkAppid=${UNSIGNED_APP}&CallbackCommand=Group.CallbackAfterGroupFull`
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

interface Secure {
  readonly ca: Made
  readonly folder: string
  readonly config: Partial<ConfigInput>
  readonly server: TestServer
}

/** A server whose two listeners have the certificate `first` of an authority. */
async function serveSecurely(more: ConfigInput['server'] = {}, tls: { ca?: string } = {}): Promise<Secure> {
  const folder = await folderWith({})
  const ca = await makeCertificate('ca')
  await writeCertificate(folder, 'ca', ca)
  await writeCertificate(folder, 'a', await makeCertificate('first', { by: ca }))
  const files = { cert: join(folder, 'a.pem'), key: join(folder, 'a.key') }
  const withCa = tls.ca === undefined ? files : { ...files, ca: join(folder, tls.ca) }
  const config = { server: { tls: withCa, ...more }, admin: { port: 0, tls: files } }
  return { ca, folder, config, server: await serve(config) }
}

async function reload({ server, config }: Secure): Promise<void> {
  const full = {
    apps,
    delivery: { engine: 'memory' as const },
    ...config,
    server: { port: 0, drainMs: 0, deadlineMs: 60_000, ...config.server },
  }
  await server.server.reload(await prepare(checkConfig(full, { env: {} })))
}

describe('TLS', () => {
  it('is spoken by both listeners, which say so', async () => {
    const { ca, server } = await serveSecurely()
    const { send } = secureClient({ ca: ca.cert })
    expect(server.url).to.match(/^https:\/\/127\.0\.0\.1:\d+\/$/)
    expect(await send(server.url + QUERY, '{"GroupId":"a"}')).to.deep.equal({ status: 200, text: OK, name: 'first' })
    expect((await send(`${server.server.adminUrl}healthz`)).status).to.equal(200)
    expect((await send(`${server.server.adminUrl}metrics`)).text).to.match(
      /^timhook_certificate_expiry_timestamp_seconds\{listener="server"\} \d{10}(\.\d+)?$/m,
    )
  })

  it('holds limits and answers as HTTP does', async () => {
    const { ca, server } = await serveSecurely({ bodyLimit: 1000 })
    const { send } = secureClient({ ca: ca.cert })
    expect((await send(server.url + QUERY, 'x'.repeat(1001))).status).to.equal(413)
    expect((await send(`${server.url}other`, '{}')).status).to.equal(404)
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: ca.cert })
    stopAfterTest(async () => void socket.destroy())
    await once(socket, 'secureConnect')
    socket.write('garbage\r\n\r\n')
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    expect(bytes.toString()).to.match(/^HTTP\/1\.1 400 /)
  })

  it('counts connections whose handshake does not end: they give way', async () => {
    const { ca, server } = await serveSecurely({ maxConnections: 3 })
    const crowded = eventsOf(server.bus, 'server:crowded')
    const send = (): Promise<{ status: number }> =>
      secureClient({ ca: ca.cert }).send(server.url + QUERY, '{"GroupId":"a"}')
    const unfinished = []
    for (let n = 0; n < 3; n++) unfinished.push(await openConnection(server.port))
    expect((await send()).status).to.equal(200)
    await unfinished[0]?.closed
    expect((await send()).status).to.equal(200)
    await unfinished[1]?.closed
    expect(crowded).to.have.length(2)
  })

  it('refuses a client without a certificate of server.tls.ca, and logs why', async () => {
    const { ca, server } = await serveSecurely({}, { ca: 'ca.pem' })
    const [client, stranger] = [await makeCertificate('tencent', { by: ca }), await makeCertificate('stranger')]
    const rejected = eventsOf(server.bus, 'callback:rejected')
    const show = (made: Made): Promise<number> =>
      secureClient({ ca: ca.cert, cert: made.cert, key: made.key })
        .send(server.url + QUERY, '{"GroupId":"a"}')
        .then(({ status }) => status)
    expect(await show(client)).to.equal(200)
    for (const refused of [() => show(stranger), () => secureClient({ ca: ca.cert }).send(server.url + QUERY, '{}')]) {
      const next = server.bus.next('callback:rejected')
      expect(await refused().catch((error: Error) => error.message)).to.be.a('string')
      await next
    }
    expect(rejected.map(({ reason }) => reason)).to.deep.equal([
      'tls: the client certificate is not one of server.tls.ca',
      'tls: expected a client certificate, got none',
    ])
    expect(rejected[0]).to.include({ status: 400 })
  })

  it('refuses plain HTTP, and logs that', async () => {
    const { server } = await serveSecurely()
    const next = server.bus.next('callback:rejected')
    const connection = await openConnection(server.port)
    connection.send('POST / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await next).to.include({ status: 400, reason: 'tls: got HTTP where HTTPS is served' })
    await connection.closed
  })
})

describe('a reload of certificates', () => {
  it('gives new connections the new one, refusing no request; open ones go on', async () => {
    const secure = await serveSecurely()
    const { ca, folder, server } = secure
    const replaced = eventsOf(server.bus, 'certificate:replaced')
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    const old = secureClient({ ca: ca.cert })
    const body = '{"GroupId":"a"}'
    await old.send(server.url + QUERY, body)
    const answers: (readonly [status: number, name: string])[] = []
    const over = new AbortController()
    const clients = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        const { status, name } = await secureClient({ ca: ca.cert }).send(server.url + QUERY, body)
        answers.push([status, name])
      }
    })
    const answered = async (count: number): Promise<void> => {
      const end = answers.length + count
      while (answers.length < end) await new Promise(setImmediate)
    }
    await answered(20)
    await writeCertificate(folder, 'a', await makeCertificate('second', { by: ca }))
    await reload(secure)
    await answered(20)
    over.abort()
    await Promise.all(clients)
    expect(new Set(answers.map(([status]) => status))).to.deep.equal(new Set([200]))
    expect(answers[0]?.[1]).to.equal('first')
    expect(answers.at(-1)?.[1]).to.equal('second')
    expect((await old.send(server.url + QUERY, body)).name).to.equal('first')
    expect((await secureClient({ ca: ca.cert }).send(`${server.server.adminUrl}healthz`)).name).to.equal('second')
    expect(replaced.map(({ listener }) => listener)).to.deep.equal(['server', 'admin'])
    expect(reloaded).to.deep.equal([{ added: [], changed: [], removed: [], restart: [] }])
  })

  it('takes over another authority of clients, and names what needs a restart', async () => {
    const secure = await serveSecurely({}, { ca: 'ca.pem' })
    const { ca, folder, server, config } = secure
    const other = await makeCertificate('other')
    const { cert, key } = await makeCertificate('client', { by: other })
    const send = (): Promise<number | string> =>
      secureClient({ ca: ca.cert, cert, key })
        .send(server.url + QUERY, '{"GroupId":"a"}')
        .then(({ status }) => status)
        .catch(() => 'refused')
    expect(await send()).to.equal('refused')
    await writeCertificate(folder, 'ca', other)
    await reload(secure)
    expect(await send()).to.equal(200)
    const reloaded = eventsOf(server.bus, 'config:reloaded')
    await reload({ ...secure, config: { ...config, server: {} } })
    expect(reloaded[0]?.restart).to.deep.equal(['server.tls'])
    expect(await send()).to.equal(200)
  })
})
