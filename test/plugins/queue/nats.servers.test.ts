import { expect } from 'chai'
import { FULL, full } from '../../harness/plugin.ts'
import { describeWithProgram } from '../../harness/servers/program.ts'
import { natsBroker } from './brokers.ts'
import { eventsOf, serve } from '../../harness/server.ts'
import { behavesAsQueue, counted, queueing } from './contract.ts'
import { behavesOverTls } from './over-tls.ts'
import { sharedBroker } from './shared.ts'

describeWithProgram('nats-server', 'NATS JetStream as a queue over TLS', () => {
  behavesOverTls(sharedBroker((atEnd) => natsBroker(atEnd, true)))
})

describeWithProgram('nats-server', 'NATS JetStream as a queue', () => {
  const broker = sharedBroker(natsBroker)
  behavesAsQueue(broker, { partitionOf: ({ subject }) => subject.split('.').at(-1) ?? '' })

  it('without a stream for the subject makes dead letters that say so', async () => {
    await broker().prepare(2)
    const server = await queueing({ url: broker().url }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } })
    const dead = server.bus.next('callback:dead')
    await server.post(FULL, full())
    expect((await dead).error).to.match(
      /attempt 2: no stream of nats:\/\/127\.0\.0\.1:\d+ takes timhook\.\d+\.Group\.\w+$/,
    )
    expect(counted(server)).to.deep.include({ unroutable: 2 })
  })

  it('is told that a callback is too large for it at once', async () => {
    await broker().prepare()
    const server = await queueing({ url: broker().url })
    const dead = server.bus.next('callback:dead')
    await server.post(FULL, full({ GroupName: 'x'.repeat(1_048_400) }))
    expect((await dead).error)
      .to.contain('threw in attempt 1: ')
      .and.to.contain('at most 1048576 bytes (max_payload)')
  })

  it('keeps one of a callback that is published twice within its window', async () => {
    await broker().prepare()
    const options = { url: broker().url }
    const server = await serve({
      plugins: [
        { use: 'queue', options },
        { use: 'queue', id: 'again', options },
      ],
    })
    const done = eventsOf(server.bus, 'handler:done')
    await server.post(FULL, full())
    while (done.length < 2) await server.bus.next('handler:done')
    expect(counted(server)).to.deep.include({ acknowledged: 1, duplicate: 1 })
    expect(await broker().read()).to.have.length(1)
  })
})
