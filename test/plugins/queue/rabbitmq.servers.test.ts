import { expect } from 'chai'
import { connect } from 'amqplib'
import { FULL, full } from '../../harness/plugin.ts'
import { describeWithRabbit } from '../../harness/servers/rabbitmq.ts'
import { rabbitBroker } from './brokers.ts'
import { behavesAsQueue, counted, queueing } from './contract.ts'
import { behavesOverTls } from './over-tls.ts'
import { sharedBroker } from './shared.ts'

describeWithRabbit('RabbitMQ as a queue', () => {
  const broker = sharedBroker(rabbitBroker)
  behavesAsQueue(broker, { partitionOf: ({ subject }) => subject.split('.').at(-1) ?? '' })
  behavesOverTls(broker)

  it('returns what no queue is bound for, which is a failure', async () => {
    const exchange = 'nobody.listens'
    const server = await queueing({ url: broker().url, exchange }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } })
    const dead = server.bus.next('callback:dead')
    await server.post(FULL, full())
    expect((await dead).error).to.match(
      /threw in attempt 2: no queue of amqp:\/\/127\.0\.0\.1:\d+ is bound to nobody\.listens for timhook\.\d+\.Group\.\w+$/,
    )
    expect(counted(server)).to.deep.include({ unroutable: 2 })
  })

  it('whose queue is full is tried again later, and no attempt is counted', async () => {
    const model = await connect(broker().url)
    const channel = await model.createChannel()
    await channel.assertExchange('short', 'fanout', { durable: true })
    const limits = { 'x-max-length': 1, 'x-overflow': 'reject-publish' }
    await channel.assertQueue('short', { durable: true, arguments: limits })
    await channel.bindQueue('short', 'short', '')
    const server = await queueing({ url: broker().url, exchange: 'short' }, { retry: { attempts: 1 } })
    const failed = server.bus.next('handler:failed')
    for (let count = 0; count < 3; count++) await server.post(FULL, full({ GroupId: `g${count}` }))
    const { error, deferred, retryMs } = await failed
    expect(error?.message).to.contain('a queue of it may be full')
    expect({ deferred, retryMs }).to.deep.equal({ deferred: true, retryMs: 30_000 })
    await model.close()
  })

  it('whose exchange is deleted gets it again', async () => {
    await broker().prepare()
    const server = await queueing({ url: broker().url })
    const done = server.bus.next('handler:done')
    await server.post(FULL, full())
    await done
    await broker().prepare()
    const again = server.bus.next('handler:done')
    await server.post(FULL, full())
    expect((await again).attempt).to.equal(1)
    expect(await broker().read()).to.have.length(1)
  })
})
