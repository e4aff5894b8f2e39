import { expect } from 'chai'
import { Redis } from 'ioredis'
import { FULL, full } from '../../harness/plugin.ts'
import { eventsOf } from '../../harness/server.ts'
import { describeWithRedis } from '../../harness/servers/redis.ts'
import { redisBroker } from './brokers.ts'
import { behavesAsQueue, counted, load, queueing } from './contract.ts'
import { behavesOverTls } from './over-tls.ts'
import { sharedBroker } from './shared.ts'

describeWithRedis('Redis as a queue', () => {
  const broker = sharedBroker(redisBroker)
  behavesAsQueue(broker, { partitionOf: ({ subject }) => subject.slice('timhook.'.length) })
  behavesOverTls(broker)

  it('keeps every entry, or about maxLen of them', async () => {
    await broker().prepare()
    for (const [stream, maxLen, least, most] of [
      ['whole', undefined, 400, 400],
      ['short', 100, 100, 300],
    ] as const) {
      const server = await queueing({ url: broker().url, stream, ...(maxLen && { maxLen }) })
      const done = eventsOf(server.bus, 'handler:done')
      await load(server, 20)
      while (done.length < 400) await server.bus.next('handler:done')
      const client = new Redis(broker().url)
      expect(await client.xlen(stream)).to.be.within(least, most)
      client.disconnect()
    }
  })

  it('that has another kind of value under the key makes dead letters that say so', async () => {
    await broker().prepare()
    const client = new Redis(broker().url)
    await client.set('timhook', 'text')
    client.disconnect()
    const server = await queueing({ url: broker().url }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } })
    const dead = server.bus.next('callback:dead')
    await server.post(FULL, full())
    expect((await dead).error).to.contain('timhook is not a stream')
    expect(counted(server)).to.include({ unroutable: 2 })
  })
})
