import type { Bus } from '../../../observe/bus.ts'
import { aboutOf, type Callback, storedOf } from '../../../callback/callback.ts'
import type { AfterRoute } from '../../../registry.ts'
import { PendingAppend, createIngest } from '../../ingest/pending-append.ts'
import type { Delivery } from '../../delivery.ts'
import type { Identified } from '../../ingest/identify.ts'
import { orderOf } from '../../ingest/order-key.ts'
import type { Appended, Appender, AppendWaiter } from './append/append-batch.ts'
import { aboutText, pluginsText } from './partition/entry.ts'
import type { Consumer } from './consume/consumer.ts'
import { partitionOf } from './client/keys.ts'
import type { Leases } from './lease/leases.ts'

interface AcceptDeps {
  readonly bus: Bus
  readonly identify: (callback: Callback) => Identified
  readonly leases: Leases
  readonly consumers: readonly Consumer[]
  readonly appender: Appender
  readonly partitions: () => number
}

/** The consumers of a route and the text of its plugins, made once per route. */
interface Takers {
  readonly consumers: readonly Consumer[]
  readonly text: string
}

/** Stores callbacks. Hands each one to the consumers of this process that hold its partition. */
export function createAccept({
  bus,
  identify,
  leases,
  consumers,
  appender,
  partitions,
}: AcceptDeps): Delivery['accept'] {
  const known = new WeakMap<AfterRoute, Takers>()
  const takersOf = (route: AfterRoute): Takers => {
    const found = known.get(route)
    if (found) return found
    const ids = route.subscriptions.map(({ plugin }) => plugin.id)
    const made = { consumers: consumers.filter(({ plugin }) => ids.includes(plugin)), text: pluginsText(ids) }
    known.set(route, made)
    return made
  }

  class PendingEntry extends PendingAppend implements AppendWaiter {
    #key: string | undefined
    #n = 0
    #consumers: readonly Consumer[] = []

    store(fingerprint: string): void {
      const { callback, route } = this
      const key = orderOf(callback, route)
      const n = partitionOf(key, partitions())
      const takers = takersOf(route)
      const identifiesEvent = this.identifiesEvent ? 1 : 0
      const isOurs = takers.consumers.every((consumer) => consumer.has(n))
      const fence = isOurs ? leases.lastFence : ''
      const about = aboutText(callback, key, route.known)
      this.#key = key
      this.#n = n
      this.#consumers = takers.consumers
      appender.append(
        [fingerprint, identifiesEvent, fence, n, takers.text, callback.id, about, callback.raw],
        callback.raw.length,
        this,
      )
    }

    stored(appended: Appended | undefined): void {
      const { callback } = this
      const [, , resends = 0, firstId = ''] = appended ?? []
      if (resends > 0) bus.emit('callback:resent', { ...aboutOf(callback), id: firstId, resends })
      this.resolve()
    }

    failed(error: unknown): void {
      this.reject(error)
    }

    entered(entry: string, maybeResend: boolean): void {
      const callback = storedOf(this.callback)
      const received = { parsed: this.callback.reading, takers: this.#consumers.length }
      const arrival = { entry, callback, key: this.#key, maybeResend, received }
      for (const consumer of this.#consumers) consumer.stored(this.#n, arrival)
    }
  }

  const take = createIngest<PendingEntry>(identify, (pending, fingerprint) => pending.store(fingerprint))

  return (callback, route) => {
    const pending = new PendingEntry(callback, route)
    if (leases.isValid()) take(pending)
    // Other processes may count this one as dead and may have removed the groups of its plugins.
    else
      leases.heartbeat().then(
        () => take(pending),
        (error: unknown) => pending.reject(error),
      )
    return pending
  }
}
