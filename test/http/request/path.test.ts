import { expect } from 'chai'
import { expectEnvelope, OK_TEXT, errorBody } from '../../harness/answers.ts'
import { openConnection, requestText, type WireResponse } from '../../harness/connection.ts'
import { serve, UNSIGNED_APP } from '../../harness/server.ts'

async function send(port: number, target: string): Promise<WireResponse> {
  const connection = await openConnection(port)
  connection.send(requestText(`POST ${target}`, '{}'))
  return connection.answer()
}

const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=X.Y`

describe('the path of a callback', () => {
  it('is / by default', async () => {
    const { request } = await serve()
    const reply = await request(`/?${query}`, { method: 'POST', body: '{}' })
    expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
  })

  for (const path of ['/other', '//', '/%2F', '/index.html', '/a/..', '/./', '/%', '/%zz', '/:path'])
    it(`may not be ${path} then`, async () => {
      const { status, head, body } = await send((await serve()).port, `${path}?${query}`)
      expect([status, body]).to.deep.equal([404, errorBody(404, 'path: not one of server.path')])
      expect(head).to.match(/\r\nContent-Type: application\/json\r\n/)
    })

  it('is one of a list', async () => {
    const { request } = await serve({ server: { path: ['/im', '/live/callback'] } })
    const status = async (path: string): Promise<number> =>
      (await request(`${path}?${query}`, { method: 'POST', body: '{}' })).status
    expect(await status('/im')).to.equal(200)
    expect(await status('/live/callback')).to.equal(200)
    expect(await status('/')).to.equal(404)
    expect(await status('/live')).to.equal(404)
  })

  for (const path of ['/im/', '/IM', '/imx', '/im/x', '/%69m', '/im;x', '//im', '/im%2F'])
    it(`is taken strictly: ${path} is not /im`, async () => {
      const { port } = await serve({ server: { path: '/im' } })
      expect((await send(port, `${path}?${query}`)).status).to.equal(404)
    })

  it('may end in a slash, and then needs it', async () => {
    const { request } = await serve({ server: { path: '/im/' } })
    expect((await request(`/im/?${query}`, { method: 'POST', body: '{}' })).status).to.equal(200)
    expect((await request(`/im?${query}`, { method: 'POST', body: '{}' })).status).to.equal(404)
  })

  it('is looked at before the method, the parameters and the body', async () => {
    const { request } = await serve()
    expect((await request('/other?SdkAppid=1&SdkAppid=2', { method: 'PUT', body: 'no' })).status).to.equal(404)
  })

  it('may stand in an absolute URL, as proxies send it', async () => {
    const { port } = await serve()
    expect(await send(port, `http://example.com/?${query}`)).to.include({ status: 200, body: OK_TEXT })
  })

  for (const target of ['http://[::1/', 'http://a:b:c/', 'http:///x', '*', '//x@[#/'])
    it(`is refused in a target like ${target}`, async () => {
      const server = await serve()
      const { status, body } = await send(server.port, target)
      expect(status).to.be.oneOf([400, 404])
      expectEnvelope(status, body)
      expect(server.lines.join('')).not.to.include('internal error')
    })
})
