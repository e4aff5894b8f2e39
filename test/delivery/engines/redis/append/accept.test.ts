import { expect } from 'chai'
import { Bus } from '../../../../../core/observe/bus.ts'
import { createIdentify } from '../../../../../core/delivery/ingest/identify.ts'
import { createAccept } from '../../../../../core/delivery/engines/redis/accept.ts'
import type { Appender } from '../../../../../core/delivery/engines/redis/append/append-batch.ts'
import type { Leases } from '../../../../../core/delivery/engines/redis/lease/leases.ts'
import { createRegistry } from '../../../../../core/registry.ts'
import { callback, routeOf } from '../../sqlite/run-sqlite.ts'

/** What becomes of a callback while this process may have been given up. */
async function acceptWith(heartbeat: () => Promise<void>): Promise<{ stored: number; error: unknown }> {
  let stored = 0
  const leases = { isValid: () => false, heartbeat, lastFence: '' } as Partial<Leases> as Leases
  const append: Appender['append'] = (_row, _size, waiter) => {
    stored++
    waiter.stored(undefined)
  }
  const appender = { append } as Partial<Appender> as Appender
  const registry = createRegistry([])
  const bus = new Bus()
  const identify = createIdentify(600_000, bus)
  const accept = createAccept({ bus, identify, leases, consumers: [], appender, partitions: () => 16 })
  const given = callback(1, 'g')
  const error: unknown = await Promise.resolve(accept(given, routeOf(registry, given))).catch((error: unknown) => error)
  return { stored, error }
}

describe('a process that others may have given up', () => {
  it('stores a callback once it is known to be alive', async () => {
    expect(await acceptWith(async () => {})).to.deep.equal({ stored: 1, error: undefined })
  })

  it('refuses a callback at once where Redis cannot be reached', async () => {
    const { stored, error } = await acceptWith(async () => Promise.reject(new Error('unreachable')))
    expect(stored).to.equal(0)
    expect(error).to.have.property('message', 'unreachable')
  })
})
