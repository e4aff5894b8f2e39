import { expect } from 'chai'
import { checkConfig } from '../../config/read/read.ts'
import { prepare } from '../../core/runtime.ts'
import { Access } from '../../core/admin/access/access.ts'
import { readPageFiles } from '../../core/admin/server/page-files.ts'
import { apps } from '../harness/server.ts'
import { exchange, parseResponse } from '../harness/wire.ts'
import { type AdminServer, client, serveAdmin, TOKEN } from './support.ts'

const memory = { delivery: { engine: 'memory' as const } }

/** The value of the login's cookie, and what the browser is told of it. */
async function loggedIn({ change }: Pick<AdminServer, 'change'>): Promise<{ cookie: string; attributes: string[] }> {
  const { status, headers } = await change('/api/login', { token: TOKEN })
  expect(status).to.equal(200)
  const [cookie = '', ...attributes] = (headers.get('set-cookie') ?? '').split('; ')
  return { cookie, attributes }
}

/** The admin listener without its token. */
function stranger({ admin }: AdminServer): Pick<AdminServer, 'get' | 'change'> {
  return client(admin)
}

describe('access to the admin API', () => {
  it('needs the token or a login, whose cookie is hidden from scripts and other sites', async () => {
    const server = await serveAdmin({ token: TOKEN }, memory)
    const { get, change } = stranger(server)
    for (const path of ['/api/session', '/api/events', '/api/overview', '/api/config', '/api/stream'])
      expect((await get(path)).status, path).to.equal(401)
    const { cookie, attributes } = await loggedIn({ change })
    expect(attributes).to.have.members(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict'])
    expect((await get('/api/session', { cookie })).json).to.include({ authenticated: true, login: true, write: false })
    expect((await get('/api/session', { cookie: `${cookie}x` })).status).to.equal(401)
    expect((await change('/api/logout', {}, { cookie })).headers.get('set-cookie')).to.contain('Max-Age=0')
    expect((await get('/api/session', { cookie })).status).to.equal(401)
    expect((await server.get('/api/session')).status).to.equal(200)
  })

  it('says Secure where the browser came by TLS', async () => {
    const { admin } = await serveAdmin({ token: TOKEN }, memory)
    const { change } = client(admin)
    const { host } = new URL(admin)
    const { headers } = await change('/api/login', { token: TOKEN }, { origin: `https://${host}` })
    expect(headers.get('set-cookie')).to.contain('; Secure')
  })

  it('throttles wrong tokens, and tells when to try again', async () => {
    const { admin } = await serveAdmin({ token: TOKEN }, memory)
    const { change } = client(admin)
    const statuses: number[] = []
    for (let n = 0; n < 7; n++) statuses.push((await change('/api/login', { token: `${TOKEN}${n}` })).status)
    // A minute may end in between.
    expect(statuses).to.contain(429)
    expect(statuses.slice(0, 5).filter((status) => status === 401)).to.have.length.of.at.least(1)
    const { status, headers } = await change('/api/login', { token: TOKEN })
    expect(status).to.be.oneOf([429, 200])
    if (status === 429) expect(Number(headers.get('retry-after'))).to.be.within(1, 60)
  })

  it('counts wrong tokens by address, and all of them', () => {
    const access = new Access({ token: TOKEN })
    const now = 1_800_000_000_000
    for (let n = 0; n < 5; n++) expect(access.login('wrong', '10.0.0.1', now)).to.deep.equal({})
    expect(access.login(TOKEN, '10.0.0.1', now)).to.deep.equal({ waitMs: 60_000 })
    expect(access.login(TOKEN, '10.0.0.2', now)).to.have.property('session')
    expect(access.login(TOKEN, '10.0.0.1', now + 60_000)).to.have.property('session')
    for (let n = 0; n < 50; n++) access.login('wrong', `10.1.0.${n}`, now + 120_000)
    expect(access.login(TOKEN, '10.2.0.1', now + 120_000)).to.have.property('waitMs')
  })

  it('ends a login after 12 hours', () => {
    const access = new Access({ token: TOKEN })
    const { session } = access.login(TOKEN, '10.0.0.1', 0)
    expect(access.hasSession(session, 12 * 3_600_000 - 1)).to.equal(true)
    expect(access.hasSession(session, 12 * 3_600_000)).to.equal(false)
  })

  it('takes a change only with the header and the origin of the page itself, cookie or not', async () => {
    const server = await serveAdmin({ token: TOKEN }, memory)
    const { admin } = server
    const { change } = stranger(server)
    const { cookie } = await loggedIn({ change })
    const { host } = new URL(admin)
    const bearer = { authorization: `Bearer ${TOKEN}` }
    for (const who of [{ cookie }, bearer]) {
      for (const path of [
        '/api/replay',
        '/api/dead-letters/retry',
        '/api/plugins/x/pause',
        '/api/test',
        '/api/logout',
      ]) {
        for (const wrong of [
          { 'timhook-page': '' },
          { 'timhook-page': '2' },
          { origin: 'https://evil.example' },
          { origin: 'null' },
          { origin: '' },
          { origin: `http://${host}.evil.example` },
          { origin: `ftp://${host}` },
          { origin: `http://evil@${host}:1` },
        ]) {
          const { status } = await change(path, {}, { ...who, ...wrong })
          expect(status, `${path} ${JSON.stringify(wrong)}`).to.equal(403)
        }
      }
    }
    // The same with both gets as far as the body.
    expect((await change('/api/replay', {}, { cookie })).status).to.equal(400)
    expect((await change('/api/login', { token: TOKEN }, { origin: 'https://evil.example' })).status).to.equal(403)
  })

  it('without a token is for this machine by its own name alone: the page, the login and the API', async () => {
    const { admin } = await serveAdmin({}, memory)
    const { port } = new URL(admin)
    for (const path of ['/', '/page/app.js', '/api/session', '/api/events', '/api/stream', '/api/login']) {
      const head = `GET ${path} HTTP/1.1\r\nHost: rebound.example:${port}\r\nConnection: close\r\n\r\n`
      expect(parseResponse(await exchange(Number(port), head)).status, path).to.equal(403)
    }
    const { change, get } = client(admin)
    expect((await get('/api/session')).json).to.include({ login: false })
    expect((await change('/api/login', { token: 'any' })).status).to.equal(400)
  })

  it('tells browsers to load nothing from elsewhere, and to keep nothing', async () => {
    const { get, admin } = await serveAdmin({}, memory)
    const { headers } = await get('/api/session')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).to.contain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.to.contain('unsafe')
    expect(headers.get('cache-control')).to.equal('no-store')
    expect(headers.get('x-content-type-options')).to.equal('nosniff')
    expect(headers.get('x-frame-options')).to.equal('DENY')
    expect(headers.get('access-control-allow-origin')).to.equal(null)
    expect((await fetch(admin)).headers.get('content-security-policy')).to.equal(policy)
  })

  it('serves only the files of the page', async () => {
    const { admin } = await serveAdmin({}, memory)
    const { port } = new URL(admin)
    for (const path of [
      '/page/',
      '/page/index.html',
      '/page/../package.json',
      '/page/..%2f..%2fpackage.json',
      '/page/%2e%2e/package.json',
      String.raw`/page/..\package.json`,
      '//etc/passwd',
      '/page/app.js%00',
      '/page/app.js/',
      '/PAGE/app.js',
    ]) {
      const head = `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`
      expect(parseResponse(await exchange(Number(port), head)).status, path).to.equal(404)
    }
  })

  it('gives the page to who has no token yet, and again only if it has changed', async () => {
    const { admin } = await serveAdmin({ token: TOKEN }, memory)
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/page/app.js', 'text/javascript'],
      ['/page/app.css', 'text/css'],
    ] as const) {
      const { status, headers } = await fetch(new URL(path, admin))
      expect([status, headers.get('content-type')?.split(';')[0], headers.get('cache-control')], path).to.deep.equal([
        200,
        type,
        'no-cache',
      ])
      // fetch would ask for a fresh one by Cache-Control.
      const known = `If-None-Match: ${headers.get('etag')}\r\nConnection: close\r\n\r\n`
      const answer = await exchange(Number(new URL(admin).port), `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${known}`)
      expect(parseResponse(answer).status, path).to.equal(304)
    }
  })

  it('has no files if the page was not built, and still starts', () => {
    expect(readPageFiles(new URL('file:///nowhere/')).size).to.equal(0)
  })

  it('is not there with admin.page: false', async () => {
    const { admin } = await serveAdmin({ page: false }, memory)
    expect((await fetch(new URL('/api/session', admin))).status).to.equal(404)
    expect((await fetch(admin)).status).to.equal(404)
    expect((await fetch(new URL('/metrics', admin))).status).to.equal(200)
  })

  it('begins to keep the numbers of the last hour when a reload turns the page on', async () => {
    const server = await serveAdmin({ page: false }, memory)
    const reading = checkConfig({ apps, admin: { port: 0, page: true }, ...memory }, { env: process.env })
    await server.server.reload(await prepare(reading))
    const { json } = await server.get('/api/overview')
    expect([json.series.hour.stepMs, json.series.day.stepMs]).to.deep.equal([10_000, 300_000])
  })

  it('voids logins when a reload brings another token, and takes that one', async () => {
    const server = await serveAdmin({ token: TOKEN }, memory)
    const { get, change } = stranger(server)
    const { cookie } = await loggedIn({ change })
    const reload = async (admin: object): Promise<void> => {
      const reading = checkConfig({ apps, admin: { port: 0, ...admin }, ...memory }, { env: process.env })
      await server.server.reload(await prepare(reading))
    }
    await reload({ token: TOKEN, bodies: true })
    expect((await get('/api/session', { cookie })).json).to.include({ bodies: true })
    await reload({ token: 'another-token' })
    expect((await get('/api/session', { cookie })).status).to.equal(401)
    expect((await server.get('/api/session')).status).to.equal(401)
    expect((await get('/api/session', { authorization: 'Bearer another-token' })).status).to.equal(200)
  })

  it('keeps the token that it has where the listener is not loopback', () => {
    const access = new Access({ host: '0.0.0.0', token: TOKEN })
    access.update({ host: '127.0.0.1' })
    expect(access.settings.token).to.equal(TOKEN)
    const local = new Access({ host: '127.0.0.1', token: TOKEN })
    local.update({ host: '127.0.0.1' })
    expect(local.settings.token).to.equal(undefined)
  })
})
