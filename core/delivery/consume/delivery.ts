import { TimhookError } from '../../errors.ts'
import type { Bus } from '../../observe/bus.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { isInTime } from '../../lib/timeout.ts'
import { commands } from '../../protocol/commands.ts'
import type { Registry } from '../../registry.ts'
import { createDeliverer } from '../attempt/deliverer.ts'
import { OneAtATime } from '../attempt/suspects.ts'
import type { CallbackLog } from '../callback-log.ts'
import type { Delivery, DeliveryStats, PluginStats } from '../delivery.ts'
import { createIdentify } from '../ingest/identify.ts'
import { createAccept } from './accept.ts'
import { type Consumer, createConsumer } from './consumer.ts'
import { Holds } from '../attempt/holds.ts'
import { Leases } from './leases.ts'
import { SettleBatcher } from './settle-batcher.ts'

export interface DeliveryDeps {
  readonly log: CallbackLog
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  readonly maxBacklog?: number | undefined
  /**
   * Whether stored callbacks are lost with the process: a stop gives all of them time, changes are written at once, and
   * no answer waits for what would make nothing safer.
   */
  readonly isVolatile?: boolean
  /** The room of the store, if it is known. */
  readonly room?: () => Promise<Omit<DeliveryStats, 'plugins'>>
  /** For timers that handlers depend on. Default: the system clock. */
  readonly clock?: Clock
}

/** How often requests of other processes are looked for, milliseconds. */
const POLL_MS = 250
/** How long the handlers of a removed plugin may still run, milliseconds. */
const SWAP_GRACE_MS = 30_000
/** How long handlers may take to end after their signals fired, milliseconds. */
const ABORT_GRACE_MS = 100

/** Delivers what a log stores, whatever the engine. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { log, registry, bus, resendWindow, maxBacklog, isVolatile = false, room, clock = systemClock } = deps
  const deliverer = createDeliverer(registry, bus, clock)
  /** By plugin. */
  const consumers = new Map<string, Consumer>()
  const all = (): Consumer[] => [...consumers.values()]
  const plugins = (): string[] => [...consumers.keys()]
  const settleBatcher = new SettleBatcher(log, () => leases.partitions(), isVolatile ? 0 : undefined)
  const leases: Leases = new Leases({ log, settleBatcher, consumers })
  const onResumed = (plugin: string): void => consumers.get(plugin)?.pump()
  const holds = new Holds({ log, bus, clock, plugins: consumers, onResumed })
  const suspects = new OneAtATime()
  const common = { log, registry, bus, clock, deliverer, settleBatcher, suspects, holds, leases, maxBacklog }
  const addConsumer = (plugin: string): void => void consumers.set(plugin, createConsumer({ ...common, plugin }))
  const removeConsumer = (consumer: Consumer): void => {
    for (const partition of consumer.partitions.values()) consumer.drop(partition)
    consumers.delete(consumer.plugin)
  }
  for (const { id } of registry.plugins) addConsumer(id)
  let partitions = 1
  let poll: NodeJS.Timeout | undefined
  let isPolling = false

  const carryOutRequests = async (): Promise<void> => {
    const { woken, more } = await holds.sync(() => log.requests(plugins()))
    for (const [plugin, count] of Object.entries(woken)) consumers.get(plugin)?.woken(count)
    if (more) await carryOutRequests()
  }
  const pollRequests = (): void => {
    if (isPolling) return
    isPolling = true
    const polled = (): void => void (isPolling = false)
    carryOutRequests().then(polled, polled)
  }
  const statsOf = async (consumer: Consumer, pendingSince: number | undefined): Promise<PluginStats> => {
    const { plugin } = consumer
    const times = [await consumer.oldestAt().catch(() => undefined), pendingSince].filter((time) => time !== undefined)
    const held = holds.of(plugin)
    return {
      plugin,
      backlog: consumer.waiting(),
      ...(times.length > 0 && { oldestAt: Math.min(...times) }),
      ...(held && { held }),
    }
  }

  return {
    async start() {
      const opened = await log.open({
        appending: () => settleBatcher.piggyback(),
        notified(partition) {
          for (const consumer of consumers.values()) consumer.look(partition)
          if (partition === undefined) pollRequests()
        },
        freed: () => leases.freed(),
      })
      partitions = opened.partitions
      await holds.sync(async () => opened)
      await leases.start()
      pollRequests()
      poll = setInterval(pollRequests, POLL_MS).unref()
    },

    accept: createAccept({
      bus,
      log,
      isVolatile,
      identify: createIdentify(resendWindow, bus),
      consumers,
      partitions: () => partitions,
    }),

    recordUndelivered(callback, undelivered) {
      return log.recordUndelivered(callback, undelivered, commands.has(callback.command))
    },

    async health() {
      await log.probe(plugins())
    },

    async stats() {
      // Report the room even if the store cannot be written to.
      const pending = await log.probe(plugins()).catch((): Record<string, number> => ({}))
      const stats = await Promise.all(all().map((one) => statsOf(one, pending[one.plugin])))
      return { plugins: stats, ...(await room?.()) }
    },

    async swap(ids, replace) {
      const added = ids.filter((id) => !consumers.has(id))
      const gone = all().filter(({ plugin }) => !ids.includes(plugin))
      if (added.length === 0 && gone.length === 0) return replace()
      if (!leases.isForGood) throw needsRestart(added, gone)
      for (const id of added) addConsumer(id)
      try {
        await leases.swap(ids, replace)
      } catch (error) {
        for (const consumer of all().filter(({ plugin }) => added.includes(plugin))) removeConsumer(consumer)
        throw error
      }
      for (const consumer of gone) consumer.close()
      await isInTime(Promise.all(gone.map((consumer) => consumer.idle())), SWAP_GRACE_MS)
      await settleBatcher.flush()
      for (const consumer of gone) removeConsumer(consumer)
    },

    async stop(graceMs) {
      clearInterval(poll)
      holds.stop()
      deliverer.interrupt()
      const idle = (): Promise<unknown> => Promise.all(all().map((consumer) => consumer.idle()))
      const startedAt = performance.now()
      if (isVolatile) await isInTime(idle(), graceMs)
      for (const consumer of all()) consumer.close()
      const leftMs = (): number => Math.max(0, graceMs - (performance.now() - startedAt))
      let settled = await isInTime(idle(), leftMs())
      deliverer.abort()
      if (!settled) settled = await isInTime(idle(), ABORT_GRACE_MS)
      await settleBatcher.close(leftMs())
      const undelivered = all().reduce((sum, consumer) => sum + consumer.waiting(), 0)
      await leases.leave()
      await log.close()
      return { undelivered, settled }
    },
  }
}

/** All processes have to agree on the plugins of a log. */
function needsRestart(added: readonly string[], gone: readonly Consumer[]): TimhookError {
  const changes = [...added.map((id) => `${id} is new`), ...gone.map(({ plugin }) => `${plugin} is gone`)].join(', ')
  return new TimhookError('RELOAD_REFUSED', `this engine accepts no other plugins while the server runs: ${changes}`, {
    hint: 'Restart the server for that; with --workers, SIGUSR2 restarts them one by one.',
  })
}
