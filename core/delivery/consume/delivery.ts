import type { Bus } from '../../observe/bus.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { commands } from '../../protocol/commands.ts'
import type { Registry } from '../../registry.ts'
import { createDeliverer } from '../attempt/deliverer.ts'
import { ABORT_GRACE_MS, waitForDrain } from '../attempt/drain.ts'
import { OneAtATime } from '../attempt/suspects.ts'
import type { CallbackLog } from '../callback-log.ts'
import type { Delivery, DeliveryStats, PluginStats } from '../delivery.ts'
import { createIdentify } from '../ingest/identify.ts'
import { createAccept } from './accept.ts'
import { type Consumer, createConsumer } from './consumer.ts'
import { Holds } from '../attempt/holds.ts'
import { Leases } from './leases.ts'
import type { Partition } from './partition.ts'
import { SettleBatcher } from './settle-batcher.ts'

export interface DeliveryDeps {
  readonly log: CallbackLog
  readonly registry: Registry
  readonly bus: Bus
  /** Milliseconds. */
  readonly resendWindow: number
  readonly maxBacklog?: number | undefined
  /** Whether what is stored ends with the process: a stop gives all of it time, and outcomes are written at once. */
  readonly isVolatile?: boolean
  /** The room of the store, where that can be told. */
  readonly room?: () => Promise<Omit<DeliveryStats, 'plugins'>>
  /** Of timers that handlers depend on. Default: the system's. */
  readonly clock?: Clock
}

/** How often requests of other processes are looked for, milliseconds. */
const POLL_MS = 250

/** Delivers what a log stores. One for every engine. */
export function createDelivery(deps: DeliveryDeps): Delivery {
  const { log, registry, bus, resendWindow, maxBacklog, isVolatile = false, room, clock = systemClock } = deps
  const plugins = registry.plugins.map(({ id }) => id)
  const deliverer = createDeliverer(registry, bus, clock)
  const consumers: Consumer[] = []
  const outboxes = (): Partition[] => consumers.flatMap(({ partitions }) => [...partitions.values()])
  const settleBatcher = new SettleBatcher(log, outboxes, isVolatile ? 0 : undefined)
  const leases = new Leases({ log, settleBatcher, consumers: () => consumers })
  const consumerOf = (id: string): Consumer | undefined => consumers.find(({ plugin }) => plugin === id)
  const holds = new Holds({ log, bus, clock, plugins, onResumed: (plugin) => consumerOf(plugin)?.pump() })
  const suspects = new OneAtATime()
  const common = { log, registry, bus, clock, deliverer, settleBatcher, suspects, holds, leases, maxBacklog }
  for (const plugin of plugins) consumers.push(createConsumer({ ...common, plugin }))
  let partitions = 1
  let poll: NodeJS.Timeout | undefined
  let isPolling = false

  const carryOutRequests = async (): Promise<void> => {
    const { woken, more } = await holds.sync(() => log.requests(plugins))
    for (const [plugin, count] of Object.entries(woken)) consumerOf(plugin)?.woken(count)
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
          for (const consumer of consumers) consumer.look(partition)
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
      identify: createIdentify(resendWindow, bus),
      consumers,
      partitions: () => partitions,
    }),

    recordUndelivered(callback, undelivered) {
      return log.recordUndelivered(callback, undelivered, commands.has(callback.command))
    },

    async health() {
      await log.probe(plugins)
    },

    async stats() {
      // A store that cannot be written has its room told all the same.
      const pending = await log.probe(plugins).catch((): Record<string, number> => ({}))
      const all = await Promise.all(consumers.map((one) => statsOf(one, pending[one.plugin])))
      return { plugins: all, ...(await room?.()) }
    },

    async stop(graceMs) {
      clearInterval(poll)
      holds.stop()
      deliverer.interrupt()
      const idle = (): Promise<unknown> => Promise.all(consumers.map((consumer) => consumer.idle()))
      const startedAt = performance.now()
      if (isVolatile) await waitForDrain(idle(), graceMs)
      for (const consumer of consumers) consumer.close()
      let settled = await waitForDrain(idle(), Math.max(0, graceMs - (performance.now() - startedAt)))
      deliverer.abort()
      if (!settled) settled = await waitForDrain(idle(), ABORT_GRACE_MS)
      await settleBatcher.flush()
      settleBatcher.close()
      const undelivered = consumers.reduce((sum, consumer) => sum + consumer.waiting(), 0)
      await leases.leave()
      await log.close()
      return { undelivered, settled }
    },
  }
}
