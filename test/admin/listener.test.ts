import { expect } from 'chai'
import { deferred } from '../harness/plugin.ts'
import { ConfigError } from '../../config/faults.ts'
import { definePlugin } from '../../core/plugin.ts'
import { serve } from '../harness/server.ts'
import { exchange, parseResponse } from '../harness/wire.ts'

const admin = { host: '127.0.0.1', port: 0 }

async function get(url: string | undefined, path: string): Promise<[number, unknown]> {
  const response = await fetch(new URL(path, url))
  return [response.status, await response.json()]
}

describe('the admin listener', () => {
  it('says that the process answers, and that it is ready', async () => {
    const { server } = await serve({ admin })
    expect(await get(server.adminUrl, '/healthz')).to.deep.equal([200, { status: 'ok' }])
    expect(await get(server.adminUrl, '/readyz')).to.deep.equal([
      200,
      { ready: true, checks: { plugins: 'ok', store: 'ok', draining: 'ok' } },
    ])
  })

  it('is not ready while the server drains, which goes on answering', async () => {
    const { server, bus, request } = await serve({ admin })
    const draining = bus.next('server:draining')
    const stopped = server.stop({ drainMs: 2000, graceMs: 20 })
    await draining
    const [status, body] = await get(server.adminUrl, '/readyz')
    expect(status).to.equal(503)
    expect(body).to.deep.equal({
      ready: false,
      checks: { plugins: 'ok', store: 'ok', draining: 'the server is about to stop' },
    })
    expect((await request('/', { method: 'POST' })).headers.get('connection')).to.equal('close')
    await stopped
  })

  it('is up before the plugins are set up, and not ready', async () => {
    const port = await freePort()
    const asked = deferred<[number, unknown]>()
    const plugin = definePlugin({
      name: 'asks',
      setup: async () => asked.resolve(await get(`http://127.0.0.1:${port}`, '/readyz')),
      handlers: {},
    })
    await serve({ admin: { ...admin, port }, plugins: [{ use: plugin }] })
    expect(await asked.promise).to.deep.equal([
      503,
      { ready: false, checks: { plugins: 'being set up', store: 'ok', draining: 'ok' } },
    ])
  })

  it('answers nothing else, and changes nothing', async () => {
    const { server } = await serve({ admin })
    for (const [path, method] of [
      ['/index.html', 'GET'],
      ['/readyz/', 'GET'],
      ['/healthz', 'POST'],
    ] as const) {
      expect((await fetch(new URL(path, server.adminUrl), { method })).status, `${method} ${path}`).to.equal(404)
    }
  })

  const statusOf = async (url: string | undefined, path: string, headers: readonly string[]): Promise<number> => {
    const text = [`GET ${path} HTTP/1.1`, 'Connection: close', ...headers].join('\r\n')
    return parseResponse(await exchange(Number(new URL(url ?? '').port), `${text}\r\n\r\n`)).status
  }

  it('without a token looks at Host, save for the two probes: a name may have been made to point here', async () => {
    const { adminUrl } = (await serve({ admin })).server
    for (const host of ['127.0.0.1', 'localhost:8081', 'LOCALHOST', '[::1]:1', '127.1.2.3'])
      expect(await statusOf(adminUrl, '/metrics', [`Host: ${host}`]), host).to.equal(200)
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', ''])
      expect(await statusOf(adminUrl, '/metrics', [`Host: ${host}`]), host).to.equal(403)
    for (const path of ['/healthz', '/readyz'])
      expect(await statusOf(adminUrl, path, ['Host: evil.example']), path).to.equal(200)
  })

  it('with a token asks for it, save for the two probes, and does not care for Host', async () => {
    const { adminUrl } = (await serve({ admin: { ...admin, token: 'token-of-the-admin' } })).server
    const host = 'Host: timhook.example'
    for (const path of ['/nothing', '/metrics', '/api/nothing']) {
      expect(await statusOf(adminUrl, path, [host])).to.equal(401)
      expect(await statusOf(adminUrl, path, [host, 'Authorization: Bearer token-of-the-admim'])).to.equal(401)
      expect(await statusOf(adminUrl, path, [host, 'Authorization: token-of-the-admin'])).to.equal(401)
      const found = path === '/metrics' ? 200 : 404
      expect(await statusOf(adminUrl, path, [host, 'Authorization: Bearer token-of-the-admin'])).to.equal(found)
    }
    for (const path of ['/healthz', '/readyz']) expect(await statusOf(adminUrl, path, [host]), path).to.equal(200)
  })

  it('opens /metrics alone where admin.metrics is open, and only a token is lifted by that', async () => {
    const host = 'Host: timhook.example'
    const open = { ...admin, metrics: 'open' as const }
    const { adminUrl } = (await serve({ admin: { ...open, token: 'token-of-the-admin' } })).server
    expect(await statusOf(adminUrl, '/metrics', [host])).to.equal(200)
    expect(await statusOf(adminUrl, '/api/events', [host])).to.equal(401)
    const without = (await serve({ admin: open })).server
    expect(await statusOf(without.adminUrl, '/metrics', [host])).to.equal(403)
    expect(await statusOf(without.adminUrl, '/metrics', ['Host: localhost'])).to.equal(200)
  })

  it('on a host that is not loopback needs a token', async () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'timhook.example']) {
      const failed = await serve({ admin: { host, port: 0 } }).catch((error: unknown) => error)
      expect(failed, host).to.be.instanceOf(ConfigError)
      expect(String(failed), host).to.contain('admin.token: is required where admin.host is not loopback')
    }
    const { server } = await serve({ admin: { host: '0.0.0.0', port: 0, token: 'token-of-the-admin' } })
    expect((await fetch(new URL('/healthz', server.adminUrl?.replace('0.0.0.0', '127.0.0.1')))).status).to.equal(200)
  })

  it('can be turned off', async () => {
    const { server } = await serve({ admin: false })
    expect(server.adminUrl).to.equal(undefined)
  })

  it('names the way out when its port is taken', async () => {
    const { server } = await serve({ admin })
    const { port } = new URL(server.adminUrl ?? '')
    const failed = await serve({ admin: { ...admin, port: Number(port) } }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'LISTEN_FAILED' })
    expect((failed as { hint: string }).hint).to.contain('admin: false')
  })
})

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { server } = await serve({ admin })
  const { port } = new URL(server.adminUrl ?? '')
  await server.stop({ drainMs: 0, graceMs: 0 })
  return Number(port)
}
