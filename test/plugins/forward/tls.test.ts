import { readFileSync } from 'node:fs'
import { createServer as createSecure, type ServerOptions } from 'node:https'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect } from 'chai'
import { stopAfterTest } from '../../harness/hooks.ts'
import { FULL, full } from '../../harness/plugin.ts'
import { serve } from '../../harness/server.ts'
import { CERTIFICATE } from '../../harness/servers/tls.ts'
import { receive, type Receiver } from './receiver.ts'

const KEY = CERTIFICATE.replace('cert.pem', 'key.pem')
const pem = { cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }

async function receiveSecurely(more: ServerOptions = {}): Promise<Receiver> {
  const target = await receive(undefined, (listener) => createSecure({ ...pem, ...more }, listener))
  return Object.assign(target, { url: target.url.replace('http:', 'https:') })
}

/** A proxy that tunnels, and what it was asked for. */
async function proxy(): Promise<{ url: string; asked: (string | undefined)[] }> {
  const asked: (string | undefined)[] = []
  const server = createServer()
  server.on('connect', ({ url = '', headers }, socket) => {
    asked.push(url, headers['proxy-authorization'])
    const [host, port] = url.split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [onward, socket]) end.on('error', () => undefined)
    stopAfterTest(async () => void onward.destroy())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  stopAfterTest(async () => void server.close())
  return { url: `http://me:pass@127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

describe('forward over TLS', () => {
  it('trusts the certificates of its options, and no other ones', async () => {
    const target = await receiveSecurely()
    const retry = { attempts: 1 }
    const { post, bus } = await serve({
      plugins: [
        { use: 'forward', retry, options: { url: target.url } },
        { use: 'forward', id: 'trusting', retry, options: { url: target.url, tls: { ca: CERTIFICATE } } },
      ],
    })
    const [dead, done] = [bus.next('callback:dead'), bus.next('handler:done')]
    await post(FULL, full())
    expect((await dead).error)
      .to.contain('an authority that is not known here: give it in tls.ca')
      .and.to.contain('self-signed certificate')
    expect((await done).plugin).to.equal('trusting')
    expect(target.received).to.have.length(1)
  })

  it('shows a certificate of its own to a target that asks for one', async () => {
    const target = await receiveSecurely({ requestCert: true, rejectUnauthorized: true, ca: pem.cert })
    const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key: readFileSync(KEY, 'utf8') }
    const { post } = await serve({ plugins: [{ use: 'forward', options: { url: target.url, tls } }] })
    await post(FULL, full())
    expect(await target.got(1)).to.have.length(1)
  })

  it('goes through a proxy', async () => {
    const [target, between] = [await receiveSecurely(), await proxy()]
    const options = { url: target.url, tls: { ca: CERTIFICATE }, proxy: between.url }
    const { post } = await serve({ plugins: [{ use: 'forward', options }] })
    await post(FULL, full())
    await target.got(1)
    expect(between.asked).to.deep.equal([`127.0.0.1:${target.port}`, `Basic ${btoa('me:pass')}`])
  })
})
