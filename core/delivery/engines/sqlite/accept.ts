import type { Bus } from '../../../observe/bus.ts'
import { aboutOf, type Callback } from '../../../callback/callback.ts'
import { calledOf } from '../../../host/context.ts'
import type { Completion } from '../../../lib/completion.ts'
import type { Registry, Route } from '../../../registry.ts'
import { TickBatch } from '../../../lib/tick-batch.ts'
import { PendingAppend, createIngest } from '../../ingest/pending-append.ts'
import { isExpendable } from '../../ingest/expendable.ts'
import type { Identified } from '../../ingest/identify.ts'
import { orderOf } from '../../ingest/order-key.ts'
import type { ResendWindow } from '../../ingest/resend-window.ts'
import type { Consumer } from './consume/consumer.ts'
import type { SettleBatcher } from './consume/settle-batcher.ts'
import type { SqliteClient, Storing } from './client/sqlite-client.ts'

interface Parts {
  readonly registry: Registry
  readonly bus: Bus
  readonly link: SqliteClient
  readonly ledger: SettleBatcher
  readonly recent: ResendWindow
  readonly identify: (callback: Callback) => Identified
  readonly feeds: ReadonlyMap<string, Consumer>
  /** @throws TimhookError STORE_UNUSABLE */
  readonly mustHaveRoom: () => void
}

/** Whose feeds get the callbacks of a route, and whose do not. */
interface Receivers {
  readonly own: readonly Consumer[]
  readonly others: readonly Consumer[]
  /** The plugins, sorted, as JSON. */
  readonly text: string
  readonly isKnown: boolean
}

/** What is on its way into the file. */
interface Entering {
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its number in the window of resends. */
  readonly entry: number
  readonly receivers: Receivers
}

/** Makes what stores callbacks, those of a turn of the event loop together, and hands them to the feeds. */
export function createAccept(parts: Parts): (callback: Callback) => Completion<void> {
  const { registry, bus, link, ledger, recent, identify, feeds, mustHaveRoom } = parts

  // After the answers: a handler that keeps the event loop busy must not hold them up.
  const arrived = new TickBatch<readonly Consumer[]>((all) => {
    for (const some of all) for (const feed of some) feed.pump()
  })
  /** Found out once for all callbacks of a route. */
  const byRoute = new WeakMap<Route, Receivers>()
  const receiversFor = (route: Route): Receivers => {
    const known = byRoute.get(route)
    if (known) return known
    const made = receiversOf(route, feeds)
    byRoute.set(route, made)
    return made
  }

  class PendingRow extends PendingAppend implements Storing {
    #entering: Entering | undefined

    store(identity: string, maybeResend: boolean): void {
      const { id, sdkAppId, command, querystring: query, signed, raw, receivedAt } = this.callback
      const route = registry.route(sdkAppId, command)
      // No NUL is stored in a text, see database.ts; the parts of a key are kept apart by another character.
      const key = orderOf(this.callback, route)?.replaceAll('\u0000', '\u001f')
      const receivers = receiversFor(route)
      this.#entering = { key, maybeResend, entry: recent.add(identity, id, receivedAt), receivers }
      const plugins = receivers.text
      const one = { plugins, id, identity, sdkAppId, command, receivedAt, signed, maybeResend, key, query, raw }
      link.append(one, isExpendable(signed, receivers.isKnown), this)
    }

    stored(seq: number): void {
      if (!this.#entering) return
      const { key, maybeResend, entry, receivers } = this.#entering
      const { own, others } = receivers
      recent.setSeq(entry, seq)
      const parsed = this.callback.reading
      const shared = {
        seq,
        callback: calledOf(this.callback),
        key,
        maybeResend,
        entry,
        resends: 0,
        parsed,
        takers: own.length,
      }
      for (const feed of own) feed.stored(seq, shared)
      for (const feed of others) feed.stored(seq, undefined)
      this.resolve()
      arrived.add(own)
    }

    failed(error: Error): void {
      if (this.#entering) recent.delete(this.#entering.entry)
      this.reject(error)
    }
  }

  const resent = (callback: Callback, entry: number): void => {
    // Counted in its row too.
    const seq = recent.seqOf(entry)
    if (seq > 0) ledger.note(['resent', seq])
    // The identity holds app and command, so they are those of the first.
    const first = { ...aboutOf(callback), id: recent.idOf(entry) }
    bus.emit('callback:resent', { ...first, resends: recent.countResend(entry) })
  }

  /** The first one of an identity, once it is durable; where it could not be stored, what took its place. */
  const durable = async ({ receivedAt }: Callback, identity: string): Promise<number | undefined> => {
    for (;;) {
      const entry = recent.find(identity, receivedAt)
      if (entry === undefined || recent.seqOf(entry) > 0) return entry
      // Replies come in order: with this one, what became of all that was stored before is known.
      await link.ask('pass', undefined)
    }
  }

  /** A resend is acknowledged once the first is durable, and stored itself where that one could not be. */
  const acceptAgain = async (coming: PendingRow, identity: string): Promise<void> => {
    try {
      const { callback } = coming
      const entry = await durable(callback, identity)
      if (entry !== undefined) resent(callback, entry)
      if (entry !== undefined && coming.tells) coming.resolve()
      else enter(coming, identity, entry !== undefined)
    } catch (error) {
      coming.reject(error)
    }
  }

  const enter = (coming: PendingRow, identity: string, maybeResend: boolean): void => {
    mustHaveRoom()
    coming.store(identity, maybeResend)
  }

  const take = createIngest<PendingRow>(identify, (coming, identity) => {
    const isKnown = recent.find(identity, coming.callback.receivedAt) !== undefined
    if (isKnown) void acceptAgain(coming, identity)
    else enter(coming, identity, false)
  })

  return (callback) => {
    const coming = new PendingRow(callback)
    take(coming)
    return coming
  }
}

function receiversOf({ subscriptions, known }: Route, feeds: ReadonlyMap<string, Consumer>): Receivers {
  const ids = subscriptions.map(({ plugin }) => plugin.id)
  const all = [...feeds]
  return {
    own: all.filter(([id]) => ids.includes(id)).map(([, feed]) => feed),
    others: all.filter(([id]) => !ids.includes(id)).map(([, feed]) => feed),
    text: JSON.stringify(ids.toSorted()),
    isKnown: known,
  }
}
