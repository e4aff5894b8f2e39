import type { Bus } from '../../bus.ts'
import { aboutOf, type Callback } from '../../callback.ts'
import { TimhookError } from '../../errors.ts'
import type { Registry, Route } from '../../registry.ts'
import { Later } from '../../later.ts'
import { Turn } from '../../turn.ts'
import { createDeliverer } from '../deliverer.ts'
import type { Delivery } from '../delivery.ts'
import { identityOf, shortIdentity, tellsResends } from '../identity.ts'
import { orderOf } from '../order.ts'
import { Recent } from '../recent.ts'
import { HEED_MS, withinGrace } from '../within-grace.ts'
import { Turns } from '../turns.ts'
import { bury } from './bury-removed.ts'
import { type Checkpoints, keepCheckpoints } from './checkpoints.ts'
import { createFeed, type Feed } from './feed.ts'
import { keptRow } from './kept-row.ts'
import { Ledger } from './ledger.ts'
import type { Link } from './link.ts'
import { loadRecent } from './load-recent.ts'
import { createReserve, type Reserve } from './reserve.ts'
import { keepRetention, type Retention } from './retention.ts'

export interface SqliteParts {
  readonly registry: Registry
  readonly bus: Bus
  readonly link: Link
  readonly file: string
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  readonly maxBacklog?: number
}

const POLL_MS = 250

/** The durable engine: callbacks are in a file before they are acknowledged, and delivered from there. */
export function createSqliteDelivery(parts: SqliteParts): Delivery {
  const { registry, bus, link, maxBacklog } = parts
  const deliverer = createDeliverer(registry, bus)
  const feeds = new Map<string, Feed>()
  const ledger = new Ledger(link, () => [...feeds.values()].flatMap((feed) => feed.changes()))
  const recent = new Recent(parts.resendWindow)
  const stops: (() => void)[] = []
  let reserve: Reserve | undefined
  let checkpoints: Checkpoints | undefined
  const mustHaveRoom = (): void => {
    if (!reserve?.isFull()) return
    throw new TimhookError('STORE_UNUSABLE', 'the disk of the store is full', {
      hint: 'Callbacks are taken again once there is room: make some, or see why plugins do not finish theirs.',
    })
  }

  // The answer goes out first: a handler that keeps the event loop busy must not hold it up.
  const arrived = new Turn<readonly Feed[]>((all) => {
    for (const some of all) for (const feed of some) feed.pump()
  })
  /** Found out once for all callbacks of a route. */
  const byRoute = new WeakMap<Route, Receivers>()
  const receivers = (route: Route): Receivers => {
    const known = byRoute.get(route)
    if (known) return known
    const made = receiversOf(route, feeds)
    byRoute.set(route, made)
    return made
  }

  const store = (callback: Callback, route: Route, identity: string, maybeResend: boolean): Later<void> => {
    mustHaveRoom()
    // No NUL is stored in a text, see database.ts; the parts of a key are kept apart by another character.
    const key = orderOf(callback, route)?.replaceAll('\u0000', '\u001f')
    const { own, others, text: plugins } = receivers(route)
    const entry = recent.add(identity, callback.id, callback.receivedAt)
    const stored = new Later<void>()
    const { id, sdkAppId, command, querystring, signed, raw, receivedAt } = callback
    const query = querystring
    const row = { plugins, id, identity, sdkAppId, command, receivedAt, signed, maybeResend, key, query, raw }
    link.append(row, (error, seq) => {
      if (error || seq === undefined) {
        recent.delete(entry)
        stored.reject(error ?? new Error('not stored'))
        return
      }
      recent.setSeq(entry, seq)
      const called = { id, sdkAppId, command, querystring, signed, raw, receivedAt }
      const shared = { seq, callback: called, key, maybeResend, entry, resends: 0, parsed: callback.body }
      for (const feed of own) feed.stored(seq, shared)
      for (const feed of others) feed.stored(seq, undefined)
      stored.resolve()
      arrived.add(own)
    })
    return stored
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

  const acceptAgain = async (callback: Callback, identity: string): Promise<void> => {
    // A resend is acknowledged once the first is durable, and stored itself where that one could not be.
    const entry = await durable(callback, identity)
    if (entry !== undefined) resent(callback, entry)
    if (entry !== undefined && tellsResends(callback.body)) return
    await store(callback, registry.route(callback.sdkAppId, callback.command), identity, entry !== undefined)
  }

  return {
    async start() {
      const ids = registry.plugins.map(({ id }) => id)
      const begun = await link.ask('begin', { plugins: ids })
      if (parts.resendWindow > 0) await loadRecent(recent, link, Date.now() - parts.resendWindow)
      const retention = keepRetention(link, parts.file, parts.retention)
      reserve = createReserve(parts.file, async () => {
        try {
          await retention.sweep(true)
        } finally {
          // Nothing comes that would have the log moved, and until it is, the file is no smaller, and no deletion may find room.
          await link.ask('checkpoint', undefined)
        }
      })
      link.whenFull(() => reserve?.spend())
      link.whenAppending(() => ledger.join())
      checkpoints = keepCheckpoints(link, parts.file)
      await reserve.make()
      const turns = new Turns()
      const resendsOf = (entry: number): number => recent.resendsOf(entry)
      for (const [plugin, standing] of Object.entries(begun.plugins)) {
        const common = { plugin, registry, deliverer, bus, link, ledger, turns, maxBacklog, resendsOf }
        feeds.set(plugin, createFeed(common, standing, begun))
      }
      for (const feed of feeds.values()) feed.start()
      wake(link, feeds)
      const poll = setInterval(() => wake(link, feeds), POLL_MS).unref()
      stops.push(
        () => retention.stop(),
        () => reserve?.stop(),
        () => clearInterval(poll),
        bury(link, bus, begun.removed),
      )
    },

    accept(callback) {
      const identity = shortIdentity(identityOf(callback))
      const known = recent.find(identity, callback.receivedAt)
      if (known !== undefined) return acceptAgain(callback, identity)
      return store(callback, registry.route(callback.sdkAppId, callback.command), identity, false)
    },

    async keep(callback, kept) {
      if (kept.as === 'dead') bus.emit('callback:dead', { ...aboutOf(callback), error: kept.error })
      mustHaveRoom()
      await link.ask('keep', keptRow(callback, kept))
    },

    async health() {
      mustHaveRoom()
      await link.ask('probe', undefined)
    },

    async stop(graceMs) {
      for (const stop of stops.splice(0)) stop()
      deliverer.interrupt()
      const all = [...feeds.values()]
      for (const feed of all) feed.close()
      const idle = Promise.all(all.map((feed) => feed.idle()))
      let settled = await withinGrace(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await withinGrace(idle, HEED_MS)
      await ledger.flush()
      ledger.close()
      await checkpoints?.close()
      return { undelivered: all.reduce((sum, feed) => sum + feed.waiting(), 0), settled }
    },
  }
}

/** What other processes have asked for is looked up in the file, which is all that they share with us. */
function wake(link: Link, feeds: ReadonlyMap<string, Feed>): void {
  link.send('requests', { now: Date.now(), plugins: [...feeds.keys()] }, (_error, result) => {
    for (const [plugin, count] of Object.entries(result?.woken ?? {})) feeds.get(plugin)?.woken(count)
    if (result?.more) wake(link, feeds)
  })
}

/** Whose feeds get the callbacks of a route, and whose do not. */
interface Receivers {
  readonly own: readonly Feed[]
  readonly others: readonly Feed[]
  /** The plugins, sorted, as JSON. */
  readonly text: string
}

function receiversOf({ subscriptions }: Route, feeds: ReadonlyMap<string, Feed>): Receivers {
  const ids = subscriptions.map(({ plugin }) => plugin.id)
  const all = [...feeds]
  return {
    own: all.filter(([id]) => ids.includes(id)).map(([, feed]) => feed),
    others: all.filter(([id]) => !ids.includes(id)).map(([, feed]) => feed),
    text: JSON.stringify(ids.toSorted()),
  }
}
