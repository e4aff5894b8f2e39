import type { Bus } from '../../../observe/bus.ts'
import { TimhookError } from '../../../errors.ts'
import type { Registry } from '../../../registry.ts'
import { createDeliverer } from '../../consume/deliverer.ts'
import type { Delivery } from '../../delivery.ts'
import { createIdentify } from '../../ingest/identify.ts'
import { ResendWindow } from '../../ingest/resend-window.ts'
import { takeSuspect } from './file/suspect-file.ts'
import { sharesOf } from '../../retention-shares.ts'
import { OneAtATime } from '../../consume/suspects.ts'
import { ABORT_GRACE_MS, waitForDrain } from '../../consume/drain.ts'
import { createAccept } from './accept.ts'
import { bury } from './upkeep/removed-plugins.ts'
import { type Checkpoints, keepCheckpoints } from './upkeep/checkpoints.ts'
import { createConsumer, type Consumer } from './consume/consumer.ts'
import { keptRow } from './undelivered-row.ts'
import { SettleBatcher } from './consume/settle-batcher.ts'
import type { SqliteClient } from './client/sqlite-client.ts'
import { loadResendWindow } from './upkeep/load-resend-window.ts'
import { createReserve, type Reserve } from './file/disk-reserve.ts'
import { keepRetention, type Retention, type Shortened, type Sweeper } from './upkeep/retention.ts'

export interface SqliteDeps {
  readonly registry: Registry
  readonly bus: Bus
  readonly link: SqliteClient
  readonly file: string
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  readonly maxBacklog?: number
  /** Rejects where the file at its path is no longer the one that is open. */
  readonly look?: () => Promise<void>
}

const POLL_MS = 250

/** The durable engine: callbacks are in a file before they are acknowledged, and delivered from there. */
export function createSqliteDelivery(parts: SqliteDeps): Delivery {
  const { registry, bus, link, maxBacklog } = parts
  const deliverer = createDeliverer(registry, bus)
  const feeds = new Map<string, Consumer>()
  const ledger = new SettleBatcher(link, () => [...feeds.values()].flatMap((feed) => feed.changes()))
  const recent = new ResendWindow(parts.resendWindow)
  const stops: (() => void)[] = []
  let reserve: Reserve | undefined
  let retention: Sweeper | undefined
  let checkpoints: Checkpoints | undefined
  const mustHaveRoom = (): void => {
    if (link.lost) throw link.lost
    if (!reserve?.isFull()) return
    throw new TimhookError('STORE_UNUSABLE', 'the disk of the store is full', {
      hint: 'Callbacks are taken again once there is room: make some, or see why plugins do not finish theirs.',
    })
  }

  const identify = createIdentify(parts.resendWindow, bus)
  const accept = createAccept({ registry, bus, link, ledger, recent, identify, feeds, mustHaveRoom })

  return {
    async start() {
      const ids = registry.plugins.map(({ id }) => id)
      link.whenDamaged((all) => {
        for (const { plugins, ...damage } of all)
          bus.emit('store:damaged', { ...damage, plugins: Object.keys(plugins) })
      })
      const begun = await link.ask('begin', { plugins: ids })
      if (parts.resendWindow > 0) await loadResendWindow(recent, link, Date.now() - parts.resendWindow)
      const onShortened = (shortened: Shortened): void => bus.emit('history:shortened', shortened)
      const sweeper = keepRetention(link, parts.file, parts.retention, { onShortened })
      retention = sweeper
      const sweep = async (): Promise<void> => {
        try {
          await sweeper.sweep(true)
        } finally {
          // Nothing comes that would have the log moved, and until it is, the file is no smaller, and no deletion may find room.
          await link.ask('checkpoint', undefined)
        }
      }
      reserve = createReserve(parts.file, sweep, (isFull) => {
        bus.emit(isFull ? 'store:full' : 'store:room', { since: sweeper.since() })
      })
      link.whenFull(() => reserve?.spend())
      link.whenAppending(() => ledger.join())
      checkpoints = keepCheckpoints(link, parts.file)
      await reserve.make()
      const suspects = new OneAtATime()
      const start = { ...begun, suspect: takeSuspect(parts.file) }
      const resendsOf = (entry: number): number => recent.resendsOf(entry)
      for (const [plugin, standing] of Object.entries(begun.plugins)) {
        const common = { plugin, registry, deliverer, bus, link, ledger, suspects, maxBacklog, resendsOf }
        feeds.set(plugin, createConsumer(common, standing, start))
      }
      for (const feed of feeds.values()) feed.start()
      wake(link, feeds)
      const poll = setInterval(() => wake(link, feeds), POLL_MS).unref()
      stops.push(
        () => sweeper.stop(),
        () => reserve?.stop(),
        () => clearInterval(poll),
        bury(link, bus, begun.removed),
      )
    },

    accept,

    async keep(callback, kept) {
      mustHaveRoom()
      const isKnown = registry.route(callback.sdkAppId, callback.command).known
      const { refused: share } = sharesOf(parts.retention.size)
      const { resendWindow } = parts
      const went = await link.ask('keep', { ...keptRow(callback, kept, isKnown), share, resendWindow })
      retention?.refusedWent(went)
    },

    async health() {
      mustHaveRoom()
      await parts.look?.()
      await link.ask('probe', undefined)
    },

    async stop(graceMs) {
      for (const stop of stops.splice(0)) stop()
      deliverer.interrupt()
      const all = [...feeds.values()]
      for (const feed of all) feed.close()
      const idle = Promise.all(all.map((feed) => feed.idle()))
      let settled = await waitForDrain(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await waitForDrain(idle, ABORT_GRACE_MS)
      await ledger.flush()
      ledger.close()
      await checkpoints?.close()
      return { undelivered: all.reduce((sum, feed) => sum + feed.waiting(), 0), settled }
    },
  }
}

/** What other processes have asked for is looked up in the file, which is all that they share with us. */
function wake(link: SqliteClient, feeds: ReadonlyMap<string, Consumer>): void {
  link.send('requests', { now: Date.now(), plugins: [...feeds.keys()] }, (_error, result) => {
    for (const [plugin, count] of Object.entries(result?.woken ?? {})) feeds.get(plugin)?.woken(count)
    if (result?.more) wake(link, feeds)
  })
}
