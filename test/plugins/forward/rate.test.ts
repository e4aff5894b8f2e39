import { expect } from 'chai'
import { FULL, full } from '../../harness/plugin.ts'
import { eventsOf, serve } from '../../harness/server.ts'
import { receive } from './receiver.ts'

describe('the rate of forward', () => {
  it('is kept under load: what is over it waits in order, and no attempt is counted', async () => {
    const target = await receive()
    const options = { url: target.url, rate: '20/s' }
    const { post, bus } = await serve({ plugins: [{ use: 'forward', retry: { attempts: 1 }, options }] })
    const dead = eventsOf(bus, 'callback:dead')
    const done = eventsOf(bus, 'handler:done')
    const held = eventsOf(bus, 'plugin:held')
    const count = 45
    const startedAt = performance.now()
    const posts = Array.from({ length: count }, (_, n) => post(FULL, full({ GroupId: `g${n % 30}`, n })))
    for (const { status } of await Promise.all(posts)) expect(status).to.equal(200)
    while (done.length < count) await bus.next('handler:done')
    // A busy machine makes it longer only. Timers may fire a millisecond early.
    expect(performance.now() - startedAt).to.be.above((count - 1) * 50 - count)
    expect(dead).to.deep.equal([])
    expect(new Set(target.received.map(({ headers }) => headers['timhook-attempt']))).to.deep.equal(new Set(['1']))
    expect(new Set(target.received.map(({ headers }) => headers['timhook-id'])).size).to.equal(count)
    for (const { reason } of held) expect(reason).to.contain('the rate of ')
  })
})
