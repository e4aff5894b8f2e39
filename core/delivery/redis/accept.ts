import type { Bus } from '../../bus.ts'
import { aboutOf } from '../../callback.ts'
import type { Registry } from '../../registry.ts'
import type { Delivery } from '../delivery.ts'
import { identityOf, shortIdentity, tellsResends } from '../identity.ts'
import { orderOf } from '../order.ts'
import type { Appender } from './appender.ts'
import { fieldsOf, pluginsText } from './entry.ts'
import type { Feed } from './feed.ts'
import { partitionOf } from './keys.ts'
import type { Leases } from './leases.ts'

interface Parts {
  readonly registry: Registry
  readonly bus: Bus
  readonly leases: Leases
  readonly feeds: readonly Feed[]
  readonly appender: Appender
  readonly partitions: () => number
}

/** Makes what stores callbacks, and lets those feeds of this process know that have the partition. */
export function createAccept({ registry, bus, leases, feeds, appender, partitions }: Parts): Delivery['accept'] {
  return async (callback) => {
    // Others may have given us up, and our plugins' groups with it.
    if (!leases.isValid()) await leases.tend()
    const route = registry.route(callback.sdkAppId, callback.command)
    const key = orderOf(callback, route)
    const n = partitionOf(key, partitions())
    const ids = route.subscriptions.map(({ plugin }) => plugin.id)
    const tells = tellsResends(callback.body) ? 1 : 0
    const row = [shortIdentity(identityOf(callback)), tells, n, pluginsText(ids), ...fieldsOf(callback, key)]
    const [stored, resends, firstId] = await appender.append(row, callback.raw.length)
    if (resends > 0) bus.emit('callback:resent', { ...aboutOf(callback), id: firstId, resends })
    if (stored === 0) return
    // The answer goes out first: a handler that keeps the event loop busy must not hold it up.
    setImmediate(() => {
      for (const feed of feeds) {
        if (!ids.includes(feed.plugin)) continue
        feed.came(n)
        feed.pump()
      }
    })
  }
}
