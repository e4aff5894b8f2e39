import { expect } from 'chai'
import type { Append } from '../../../core/delivery/callback-log.ts'
import { createAccept } from '../../../core/delivery/consume/accept.ts'
import { createMemoryDelivery } from '../../../core/delivery/engines/memory/open-memory.ts'
import { createIdentify } from '../../../core/delivery/ingest/identify.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { createRegistry } from '../../../core/registry.ts'
import { deferred } from '../../harness/plugin.ts'
import { accept, callback, pluginOf, routeOf } from '../engines/sqlite/run-sqlite.ts'

/** A callback whose body cannot be read. */
function unreadable(n: number): ReturnType<typeof callback> {
  return Object.defineProperty({ ...callback(n, 'g') }, 'body', {
    get(): never {
      throw new Error('no identity')
    },
  })
}

/** What becomes of five that come in one turn, where the third cannot be stored and the fourth has no identity. */
async function five(): Promise<{ ends: string[]; stored: number[] }> {
  const stored: number[] = []
  const append = (coming: Append): void => {
    const n = Number(coming.body?.['EventTime'])
    if (n === 3) throw new Error('cannot be stored')
    stored.push(n)
    coming.stored(n)
  }
  const bus = new Bus()
  const take = createAccept({
    bus,
    log: { append },
    isVolatile: false,
    identify: createIdentify(0, bus),
    consumers: new Map(),
    partitions: () => 1,
  })
  const registry = createRegistry([])
  const all = [1, 2, 3, 4, 5].map((n) => {
    const made = n === 4 ? unreadable(n) : callback(n, 'g')
    return take(made, routeOf(registry, made))
  })
  expect(stored).to.deep.equal([])
  const ends = await Promise.allSettled(all.map(async (coming) => coming))
  return { ends: ends.map((end) => (end.status === 'fulfilled' ? 'stored' : String(end.reason))), stored }
}

describe('callbacks that come in one turn to be stored', () => {
  it('are stored in their order, and one that cannot be is refused by itself', async () => {
    const { ends, stored } = await five()
    expect(stored).to.deep.equal([1, 2, 5])
    expect(ends).to.deep.equal(['stored', 'stored', 'Error: cannot be stored', 'Error: no identity', 'stored'])
  })
})

describe('the engine memory', () => {
  it('has nothing that an answer would wait for, and reports what it cannot take', async () => {
    const got = deferred()
    const registry = createRegistry([pluginOf('one', async () => got.resolve(), {})])
    const bus = new Bus()
    const delivery = createMemoryDelivery({ registry, bus, resendWindow: 60_000 })
    await delivery.start()
    const failed = bus.next('delivery:failed')
    const bad = unreadable(1)
    expect(accept(delivery, registry, bad)).to.equal(undefined)
    expect(accept(delivery, registry, callback(2, 'g'))).to.equal(undefined)
    const { id, error } = await failed
    expect([id, String(error)]).to.deep.equal([bad.id, 'Error: no identity'])
    await got.promise
    expect(await delivery.stop(1000)).to.deep.equal({ undelivered: 0, settled: true })
  })
})
