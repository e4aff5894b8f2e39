import { expect } from 'chai'
import { counted } from '../delivery/contract/counted.ts'
import { entry, full, FULL } from '../harness/plugin.ts'
import { serveAdmin } from './support.ts'

describe('all dead letters in the admin API', () => {
  it('are tried again in the order of receipt, more than one request takes too', async () => {
    const count = 501
    const calls: unknown[] = []
    const works = { is: false }
    const handle = ({ body: { EventTime } }: { body: { EventTime?: number } }): void => {
      calls.push(EventTime)
      if (!works.is) throw new Error('no good')
    }
    const plugin = entry('fails', { [FULL]: { retry: { attempts: 1 }, handle } })
    const server = await serveAdmin({}, { delivery: { engine: 'memory' }, plugins: [plugin] })
    const dead = counted(server.bus, count, 'callback:dead')
    await Promise.all(Array.from({ length: count }, (_, n) => server.post(FULL, full({ EventTime: 1000 + n }))))
    await dead
    works.is = true
    const received = calls.splice(0)
    const done = counted(server.bus, count, 'handler:done')
    const all = { plugin: 'fails', all: true, count }
    expect((await server.change('/api/dead-letters/retry', all)).json.count).to.equal(count)
    await done
    expect(calls).to.deep.equal(received)
  })
})
