import type { Bus } from '../../bus.ts'
import { aboutOf, type Callback } from '../../callback.ts'
import type { Registry, Route } from '../../registry.ts'
import type { Delivery } from '../delivery.ts'
import { identityOf, shortIdentity, tellsResends } from '../identity.ts'
import { orderOf } from '../order.ts'
import type { Appender } from './appender.ts'
import { aboutText, pluginsText } from './entry.ts'
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

/** The plugins of a route, written out once for all of its callbacks. */
interface Takers {
  readonly feeds: readonly Feed[]
  readonly text: string
}

/** Makes what stores callbacks, and hands them to those feeds of this process that have the partition. */
export function createAccept({ registry, bus, leases, feeds, appender, partitions }: Parts): Delivery['accept'] {
  const known = new WeakMap<Route, Takers>()
  const takersOf = (route: Route): Takers => {
    const found = known.get(route)
    if (found) return found
    const ids = route.subscriptions.map(({ plugin }) => plugin.id)
    const made = { feeds: feeds.filter(({ plugin }) => ids.includes(plugin)), text: pluginsText(ids) }
    known.set(route, made)
    return made
  }

  const store = async (callback: Callback): Promise<void> => {
    const route = registry.route(callback.sdkAppId, callback.command)
    const key = orderOf(callback, route)
    const n = partitionOf(key, partitions())
    const takers = takersOf(route)
    const tells = tellsResends(callback.body) ? 1 : 0
    const isOurs = takers.feeds.every((feed) => feed.has(n))
    const row = [
      shortIdentity(identityOf(callback)),
      tells,
      isOurs ? leases.lastFence : '',
      n,
      takers.text,
      callback.id,
      aboutText(callback, key),
      callback.raw,
    ]
    const { id, sdkAppId, command, querystring, signed, raw, receivedAt, body: parsed } = callback
    const called = { id, sdkAppId, command, querystring, signed, raw, receivedAt }
    const onEntry = (entry: string, maybeResend: boolean): void => {
      const arrival = { entry, callback: called, key, maybeResend, received: { parsed } }
      for (const feed of takers.feeds) feed.stored(n, arrival)
    }
    const appended = await appender.append(row, raw.length, onEntry)
    const [, , resends = 0, firstId = ''] = appended ?? []
    if (resends > 0) bus.emit('callback:resent', { ...aboutOf(callback), id: firstId, resends })
  }

  return (callback) => {
    if (leases.isValid()) return store(callback)
    // Others may have given us up, and our plugins' groups with it.
    return leases.tend().then(() => store(callback))
  }
}
