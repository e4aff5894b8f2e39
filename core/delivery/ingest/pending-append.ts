import type { Callback } from '../../callback/callback.ts'
import { Completion } from '../../lib/completion.ts'
import { filterMap, onTick, TickBatch } from '../../lib/tick-batch.ts'
import type { AfterRoute } from '../../registry.ts'
import type { Identified } from './identify.ts'
import { shortFingerprint } from './fingerprint.ts'

/** A callback that is being stored. Resolves once it is durable. */
export class PendingAppend extends Completion<void> {
  readonly callback: Callback
  readonly route: AfterRoute
  /** Whether an equal fingerprint means a resend of it. */
  identifiesEvent = false

  constructor(callback: Callback, route: AfterRoute) {
    super()
    this.callback = callback
    this.route = route
  }
}

/** Fingerprints all callbacks of one tick, then stores each one. A callback that fails rejects alone. */
export function createIngest<T extends PendingAppend>(
  identify: (callback: Callback) => Identified,
  store: (pending: T, fingerprint: string) => void,
): (pending: T) => void {
  const identified = (pending: T): { pending: T; fingerprint: string } | undefined => {
    try {
      const { fingerprint, identifiesEvent } = identify(pending.callback)
      pending.identifiesEvent = identifiesEvent
      return { pending, fingerprint: shortFingerprint(fingerprint) }
    } catch (error) {
      pending.reject(error)
      return undefined
    }
  }
  const batch = new TickBatch<T>((all) => {
    for (const { pending, fingerprint } of filterMap(all, identified)) {
      try {
        store(pending, fingerprint)
      } catch (error) {
        pending.reject(error)
      }
    }
  }, onTick)
  return (pending) => batch.add(pending)
}
