import type { Bus } from '../../../observe/bus.ts'
import { aboutOf, type Callback, storedOf } from '../../../callback/callback.ts'
import type { Delivery } from '../../delivery.ts'
import type { AfterRoute } from '../../../registry.ts'
import { TickBatch } from '../../../lib/tick-batch.ts'
import { PendingAppend, createIngest } from '../../ingest/pending-append.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import type { Identified } from '../../ingest/identify.ts'
import { orderOf } from '../../ingest/order-key.ts'
import type { ResendWindow } from '../../ingest/resend-window.ts'
import type { Consumer } from './consume/consumer.ts'
import type { SettleBatcher } from './consume/settle-batcher.ts'
import type { SqliteClient, Storing } from './client/sqlite-client.ts'

interface AcceptDeps {
  readonly bus: Bus
  readonly client: SqliteClient
  readonly settleBatcher: SettleBatcher
  readonly resendWindow: ResendWindow
  readonly identify: (callback: Callback) => Identified
  readonly consumers: ReadonlyMap<string, Consumer>
  /** @throws TimhookError STORE_UNUSABLE */
  readonly mustHaveRoom: () => void
}

/** The consumers that get the callbacks of a route, and those that do not. */
interface Receivers {
  readonly own: readonly Consumer[]
  readonly others: readonly Consumer[]
  /** The plugins, sorted, as JSON. */
  readonly text: string
  readonly isKnown: boolean
}

/** What is known of a callback while its append is running. */
interface Appending {
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its entry in the resend window. */
  readonly entry: number
  readonly receivers: Receivers
}

/** Creates `accept`, which stores the callbacks of one event-loop tick together and hands them to the consumers. */
export function createAccept(deps: AcceptDeps): Delivery['accept'] {
  const { bus, client, settleBatcher, resendWindow, identify, consumers, mustHaveRoom } = deps

  // Pump after the HTTP answers, so that a handler that blocks the event loop does not delay them.
  const arrived = new TickBatch<readonly Consumer[]>((all) => {
    for (const batch of all) for (const consumer of batch) consumer.pump()
  })
  /** Computed once for each route. */
  const byRoute = new WeakMap<AfterRoute, Receivers>()
  const receiversFor = (route: AfterRoute): Receivers => {
    const known = byRoute.get(route)
    if (known) return known
    const made = receiversOf(route, consumers)
    byRoute.set(route, made)
    return made
  }

  class PendingRow extends PendingAppend implements Storing {
    #appending: Appending | undefined

    store(identity: string, maybeResend: boolean): void {
      const { id, sdkAppId, command, query, signed, raw, receivedAt } = this.callback
      // A text cannot hold NUL (see database.ts), so another character separates the parts of a key.
      const key = orderOf(this.callback, this.route)?.replaceAll('\u0000', '\u001f')
      const receivers = receiversFor(this.route)
      this.#appending = { key, maybeResend, entry: resendWindow.add(identity, id, receivedAt), receivers }
      const plugins = receivers.text
      const row = { plugins, id, identity, sdkAppId, command, receivedAt, signed, maybeResend, key, query, raw }
      client.append(row, isExpendable(signed, receivers.isKnown), this)
    }

    stored(seq: number): void {
      if (!this.#appending) return
      const { key, maybeResend, entry, receivers } = this.#appending
      const { own, others } = receivers
      resendWindow.setSeq(entry, seq)
      const parsed = this.callback.reading
      const shared = {
        seq,
        callback: storedOf(this.callback),
        key,
        maybeResend,
        entry,
        resends: 0,
        parsed,
        takers: own.length,
      }
      for (const consumer of own) consumer.stored(seq, shared)
      for (const consumer of others) consumer.stored(seq, undefined)
      this.resolve()
      arrived.add(own)
    }

    failed(error: Error): void {
      if (this.#appending) resendWindow.delete(this.#appending.entry)
      this.reject(error)
    }
  }

  const resent = (callback: Callback, entry: number): void => {
    // Count it in the stored row too.
    const seq = resendWindow.seqOf(entry)
    if (seq > 0) settleBatcher.enqueue(['resent', seq])
    // The fingerprint covers app and command, so both callbacks have the same.
    const first = { ...aboutOf(callback), id: resendWindow.idOf(entry) }
    bus.emit('callback:resent', { ...first, resends: resendWindow.countResend(entry) })
  }

  /** Waits until the first callback with this fingerprint is durable. If it could not be stored, waits for its successor. */
  const findDurable = async ({ receivedAt }: Callback, identity: string): Promise<number | undefined> => {
    for (;;) {
      const entry = resendWindow.find(identity, receivedAt)
      if (entry === undefined || resendWindow.seqOf(entry) > 0) return entry
      // Replies come in order, so after this one the result of every earlier append is known.
      await client.request('barrier', undefined)
    }
  }

  /** Acknowledges a resend once the first callback is durable. Stores the resend if the first could not be stored. */
  const acceptResend = async (pending: PendingRow, identity: string): Promise<void> => {
    try {
      const { callback } = pending
      const entry = await findDurable(callback, identity)
      if (entry !== undefined) resent(callback, entry)
      if (entry !== undefined && pending.identifiesEvent) pending.resolve()
      else append(pending, identity, entry !== undefined)
    } catch (error) {
      pending.reject(error)
    }
  }

  const append = (pending: PendingRow, identity: string, maybeResend: boolean): void => {
    mustHaveRoom()
    pending.store(identity, maybeResend)
  }

  const take = createIngest<PendingRow>(identify, (pending, identity) => {
    const isKnown = resendWindow.find(identity, pending.callback.receivedAt) !== undefined
    if (isKnown) void acceptResend(pending, identity)
    else append(pending, identity, false)
  })

  return (callback, route) => {
    const pending = new PendingRow(callback, route)
    take(pending)
    return pending
  }
}

function receiversOf({ subscriptions, known }: AfterRoute, consumers: ReadonlyMap<string, Consumer>): Receivers {
  const ids = subscriptions.map(({ plugin }) => plugin.id)
  const all = [...consumers]
  return {
    own: all.filter(([id]) => ids.includes(id)).map(([, consumer]) => consumer),
    others: all.filter(([id]) => !ids.includes(id)).map(([, consumer]) => consumer),
    text: JSON.stringify(ids.toSorted()),
    isKnown: known,
  }
}
