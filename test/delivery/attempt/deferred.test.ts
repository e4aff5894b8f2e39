import { expect } from 'chai'
import { createDeliverer, type Ended, type Job } from '../../../core/delivery/attempt/deliverer.ts'
import { subscriptionOf } from '../../../core/delivery/attempt/subscription-of.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { RetryAfter } from '../../../core/plugin.ts'
import { createRegistry } from '../../../core/registry.ts'
import { callback, pluginOf } from '../engines/sqlite/run-sqlite.ts'

const DAY_MS = 24 * 3_600_000

/** What becomes of a callback whose handler asks for another time. */
async function endOf(job: Partial<Job>, error: RetryAfter, attempts: number): Promise<Ended> {
  const registry = createRegistry([
    pluginOf('one', () => Promise.reject(error), { retry: { attempts, minMs: 1, maxMs: 1 } }),
  ])
  const one = callback(1, 'g')
  const subscription = subscriptionOf(registry, 'one', one)
  if (!subscription) throw new Error('no handler')
  const about = { callback: one, parsed: one.reading, attempt: 1, resends: 0, maybeResend: false }
  return (await createDeliverer(registry, new Bus()).deliver({ ...about, ...job }, subscription)).ended
}

describe('RetryAfter', () => {
  it('is no attempt for a day, and one from then on', async () => {
    const busy = new RetryAfter(1000, 'busy')
    expect(await endOf({ deferredMs: DAY_MS - 1 }, busy, 1)).to.include({ as: 'retry', inMs: 1000, isDeferred: true })
    const counted = await endOf({ deferredMs: DAY_MS }, busy, 2)
    expect(counted).to.include({ as: 'retry', inMs: 1000 }).and.not.to.have.property('isDeferred')
    expect(await endOf({ deferredMs: DAY_MS }, busy, 1)).to.include({ as: 'dead', attempts: 1 })
  })

  it('of a whole plugin never is, and none is longer than a day', async () => {
    const down = new RetryAfter(40 * DAY_MS, 'down', { plugin: true })
    const held = await endOf({ deferredMs: 9 * DAY_MS }, down, 1)
    expect(held).to.include({ as: 'retry', inMs: DAY_MS, holdsPlugin: true })
  })
})
