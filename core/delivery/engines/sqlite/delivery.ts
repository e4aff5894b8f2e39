import type { Bus } from '../../../observe/bus.ts'
import { TimhookError } from '../../../errors.ts'
import { commands } from '../../../protocol/commands.ts'
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
import { deadLetterRemoved } from './upkeep/removed-plugins.ts'
import { type Checkpoints, startCheckpoints } from './upkeep/checkpoints.ts'
import { createConsumer, type Consumer } from './consume/consumer.ts'
import { undeliveredRow } from './undelivered-row.ts'
import { SettleBatcher } from './consume/settle-batcher.ts'
import type { SqliteClient } from './client/sqlite-client.ts'
import { loadResendWindow } from './upkeep/load-resend-window.ts'
import { createReserve, type Reserve } from './file/disk-reserve.ts'
import { readStats } from './upkeep/read-stats.ts'
import { startRetention, type Retention, type Shortened, type Sweeper } from './upkeep/retention.ts'

export interface SqliteDeps {
  readonly registry: Registry
  readonly bus: Bus
  readonly client: SqliteClient
  readonly file: string
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  readonly maxBacklog?: number
  /** Rejects if the file at the path is no longer the one that is open. */
  readonly look?: () => Promise<void>
}

const POLL_MS = 250

/** The durable engine. It stores callbacks in a file before they are acknowledged, and delivers them from there. */
export function createSqliteDelivery(deps: SqliteDeps): Delivery {
  const { registry, bus, client, maxBacklog } = deps
  const deliverer = createDeliverer(registry, bus)
  const consumers = new Map<string, Consumer>()
  const settleBatcher = new SettleBatcher(client, () =>
    [...consumers.values()].flatMap((consumer) => consumer.changes()),
  )
  const resendWindow = new ResendWindow(deps.resendWindow, (entries) => bus.emit('resend-window:full', { entries }))
  const stops: (() => void)[] = []
  let reserve: Reserve | undefined
  let retention: Sweeper | undefined
  let checkpoints: Checkpoints | undefined
  const mustHaveRoom = (): void => {
    if (client.lost) throw client.lost
    if (!reserve?.isFull()) return
    throw new TimhookError('STORE_UNUSABLE', 'the disk of the store is full', {
      hint: 'Callbacks are taken again once there is room: make some, or see why plugins do not finish theirs.',
    })
  }

  const identify = createIdentify(deps.resendWindow, bus)
  const accept = createAccept({ bus, client, settleBatcher, resendWindow, identify, consumers, mustHaveRoom })

  return {
    async start() {
      const ids = registry.plugins.map(({ id }) => id)
      client.whenDamaged((all) => {
        for (const { plugins, ...damage } of all)
          bus.emit('store:damaged', { ...damage, plugins: Object.keys(plugins) })
      })
      const begun = await client.request('begin', { plugins: ids })
      if (deps.resendWindow > 0) await loadResendWindow(resendWindow, client, Date.now() - deps.resendWindow)
      const onShortened = (shortened: Shortened): void => bus.emit('history:shortened', shortened)
      const sweeper = startRetention(client, deps.file, deps.retention, { onShortened })
      retention = sweeper
      const sweep = async (): Promise<void> => {
        try {
          await sweeper.sweep(true)
        } finally {
          // No append comes that would trigger a checkpoint, and only a checkpoint makes room for the next deletion.
          await client.request('checkpoint', undefined)
        }
      }
      reserve = createReserve(deps.file, sweep, (isFull) => {
        bus.emit(isFull ? 'store:full' : 'store:room', { since: sweeper.since() })
      })
      client.whenFull(() => reserve?.spend())
      client.whenAppending(() => settleBatcher.piggyback())
      checkpoints = startCheckpoints(client, deps.file)
      await reserve.make()
      const suspects = new OneAtATime()
      const start = { ...begun, suspect: takeSuspect(deps.file) }
      const resendsOf = (entry: number): number => resendWindow.resendsOf(entry)
      for (const [plugin, standing] of Object.entries(begun.plugins)) {
        const common = { plugin, registry, deliverer, bus, client, settleBatcher, suspects, maxBacklog, resendsOf }
        consumers.set(plugin, createConsumer(common, standing, start))
      }
      for (const consumer of consumers.values()) consumer.start()
      pollRequests(client, consumers)
      const poll = setInterval(() => pollRequests(client, consumers), POLL_MS).unref()
      stops.push(
        () => sweeper.stop(),
        () => reserve?.stop(),
        () => clearInterval(poll),
        deadLetterRemoved(client, bus, begun.removed),
      )
    },

    accept,

    async recordUndelivered(callback, kept) {
      mustHaveRoom()
      const isKnown = commands.has(callback.command)
      const { refused: share } = sharesOf(deps.retention.size)
      const evicted = await client.request('recordUndelivered', {
        ...undeliveredRow(callback, kept, isKnown),
        share,
        resendWindow: deps.resendWindow,
      })
      retention?.refusedWent(evicted)
    },

    async health() {
      mustHaveRoom()
      await deps.look?.()
      await client.request('probe', undefined)
    },

    stats: () =>
      readStats(client, deps.file, new Map([...consumers].map(([id, consumer]) => [id, consumer.waiting()]))),

    async stop(graceMs) {
      for (const stop of stops.splice(0)) stop()
      deliverer.interrupt()
      const all = [...consumers.values()]
      for (const consumer of all) consumer.close()
      const idle = Promise.all(all.map((consumer) => consumer.idle()))
      let settled = await waitForDrain(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await waitForDrain(idle, ABORT_GRACE_MS)
      await settleBatcher.flush()
      settleBatcher.close()
      await checkpoints?.close()
      return { undelivered: all.reduce((sum, consumer) => sum + consumer.waiting(), 0), settled }
    },
  }
}

/** Polls the file for requests of other processes: the file is all that they share with the server. */
function pollRequests(client: SqliteClient, consumers: ReadonlyMap<string, Consumer>): void {
  client.send('requests', { now: Date.now(), plugins: [...consumers.keys()] }, (_error, result) => {
    for (const [plugin, count] of Object.entries(result?.woken ?? {})) consumers.get(plugin)?.woken(count)
    if (result?.more) pollRequests(client, consumers)
  })
}
