import { expect } from 'chai'
import { createMemoryDelivery } from '../../../core/delivery/engines/memory/open-memory.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { createRegistry } from '../../../core/registry.ts'
import { deferred } from '../../harness/plugin.ts'
import { accept, callback, pluginOf } from '../engines/sqlite/run-sqlite.ts'

describe('the engine memory', () => {
  it('has nothing that an answer would wait for, and reports what it cannot take', async () => {
    const got = deferred()
    const registry = createRegistry([pluginOf('one', async () => got.resolve(), {})])
    const bus = new Bus()
    const delivery = createMemoryDelivery({ registry, bus, resendWindow: 60_000 })
    await delivery.start()
    const failed = bus.next('delivery:failed')
    const bad = Object.defineProperty({ ...callback(1, 'g') }, 'body', {
      get(): never {
        throw new Error('no identity')
      },
    })
    expect(accept(delivery, registry, bad)).to.equal(undefined)
    expect(accept(delivery, registry, callback(2, 'g'))).to.equal(undefined)
    const { id, error } = await failed
    expect([id, String(error)]).to.deep.equal([bad.id, 'Error: no identity'])
    await got.promise
    expect(await delivery.stop(1000)).to.deep.equal({ undelivered: 0, settled: true })
  })
})
