import { expect } from 'chai'
import { BEFORE, FULL, full, message } from '../../harness/plugin.ts'
import { apps, serve, UNSIGNED_APP } from '../../harness/server.ts'
import { receive } from './receiver.ts'

const AT = `?SdkAppid=${UNSIGNED_APP}&CallbackCommand=${FULL}`

describe('a loop of forwarding servers', () => {
  it('ends where it began: 400 there, and a dead letter at the last server', async () => {
    const middle = await receive((response) => void response.end())
    const first = await serve({ plugins: [{ use: 'forward', options: { url: middle.url } }] })
    const last = await serve({ plugins: [{ use: 'forward', options: { url: first.url } }] })
    middle.respond = (response, { query, headers, body }) => {
      const { 'timhook-hops': hops = '' } = headers
      void last
        .request(`?${query.toString()}`, { method: 'POST', body, headers: { 'timhook-hops': String(hops) } })
        .then(() => response.end())
    }
    const dead = last.bus.next('callback:dead')
    await first.post(FULL, full())
    expect((await dead).error).to.match(/attempt 1: loop: .* has had this callback before/)
    expect(middle.received).to.have.length(1)
  })

  it('ends with a before-callback too', async () => {
    const middle = await receive()
    const server = await serve({
      plugins: [{ use: 'forward', options: { url: middle.url, decide: true }, onFailure: 'reject' }],
    })
    middle.respond = (response, { query, headers, body }) => {
      const hops = String(headers['timhook-hops'])
      void server
        .request(`?${query.toString()}`, { method: 'POST', body, headers: { 'timhook-hops': hops } })
        .then(({ status, text }) => response.writeHead(status).end(text))
    }
    expect((await server.post(BEFORE, message())).json).to.include({ ErrorCode: 1 })
    expect(middle.received).to.have.length(1)
  })

  it('a callback that has passed more than 5 servers is not dispatched, and one that has passed 5 is, with one more', async () => {
    const target = await receive()
    const { request, bus } = await serve({ apps, plugins: [{ use: 'forward', options: { url: target.url } }] })
    const send = (hops: string): ReturnType<typeof request> =>
      request(AT, { method: 'POST', body: JSON.stringify(full()), headers: { 'timhook-hops': hops } })
    const refused = bus.next('callback:rejected')
    expect((await send('a,b,c,d,e,f')).json).to.include({ ErrorCode: 400 })
    expect((await refused).reason).to.contain('a loop: expected at most 5 servers, got 6')
    expect((await send('a, b,c,d,e')).status).to.equal(200)
    const [got] = await target.got(1)
    expect(got?.headers['timhook-hops']).to.match(/^a,b,c,d,e,[0-9a-f]{16}$/)
    expect(got?.query.has('timhook-hops')).to.equal(false)
  })
})
