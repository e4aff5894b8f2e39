import type { Bus } from '../../../observe/bus.ts'
import { newId } from '../../../lib/id.ts'
import type { Registry } from '../../../registry.ts'
import { redisFault } from '../../../store/redis/fault.ts'
import { createDeliverer } from '../../attempt/deliverer.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { createIdentify } from '../../ingest/identify.ts'
import { OneAtATime } from '../../attempt/suspects.ts'
import { ABORT_GRACE_MS, waitForDrain } from '../../attempt/drain.ts'
import { createAccept } from './accept.ts'
import { Appender } from './append/append-batch.ts'
import { createNotifications } from './notifications.ts'
import { createBackgroundErrorReporter } from './client/report-background-error.ts'
import { createConsumer } from './consume/consumer.ts'
import { Gaps } from './append/gaps.ts'
import { recordUndelivered } from './append/record-undelivered.ts'
import { PARTITIONS } from './client/keys.ts'
import { Leases } from './lease/leases.ts'
import { SettleBatcher } from './consume/settle-batcher.ts'
import { Resequencer } from './append/resequencer.ts'
import { openStreams } from './client/open.ts'
import { type Connection, createRun } from './client/run.ts'
import { DEREGISTER } from './scripts/release.ts'
import { createSweep, type Retention } from './upkeep/retention.ts'

/** Intervals in milliseconds. Tests use shorter ones. */
export interface Pace {
  /** A process that sends no heartbeat for this long counts as dead, and others take its partitions. */
  readonly leaseMs: number
  readonly sweepMs: number
  /** A plugin that no process has had for this long is removed: its callbacks become dead letters. */
  readonly removedAfterMs: number
}

const PACE: Pace = { leaseMs: 5000, sweepMs: 10_000, removedAfterMs: 60_000 }
const PROBE_MS = 60_000

export interface RedisDeps {
  readonly registry: Registry
  readonly bus: Bus
  readonly connection: Connection
  /** Milliseconds. */
  readonly resendWindow: number
  readonly retention: Retention
  readonly maxBacklog?: number
  readonly pace?: Partial<Pace>
}

/** Keeps the leases of running handlers until it is known how they ended. */
export interface RedisDelivery extends Delivery {
  end(ending: Ending): Promise<void>
}

/** The engine for several processes and machines. `keys.ts` says what it stores and how it keeps order. */
export function createRedisDelivery(parts: RedisDeps): RedisDelivery {
  const { registry, bus, connection, resendWindow, retention, maxBacklog } = parts
  const { leaseMs, sweepMs, removedAfterMs } = { ...PACE, ...parts.pace }
  const { client, prefix } = connection
  const member = newId()
  const plugins = registry.plugins.map(({ id }) => id)
  const run = createRun(connection)
  const deliverer = createDeliverer(registry, bus)
  const suspects = new OneAtATime()
  const reportBackgroundError = createBackgroundErrorReporter(bus)
  const settleBatcher = new SettleBatcher(run, reportBackgroundError)
  const identify = createIdentify(resendWindow, bus)
  const gaps = new Gaps()
  const resequencer = new Resequencer(gaps)
  const appender = new Appender({
    run,
    resendWindow,
    member,
    gaps,
    resequencer,
    afterSending: () => settleBatcher.piggyback(),
  })

  const open = (): Promise<number> => openStreams(run, plugins, prefix)
  let partitions = PARTITIONS
  const leases: Leases = new Leases({
    run,
    member,
    get partitions() {
      return partitions
    },
    leaseMs,
    consumers: () => consumers,
    settleBatcher,
    reportBackgroundError,
    onLapsed: async () => void (await open()),
  })
  const common = {
    registry,
    deliverer,
    bus,
    connection,
    run,
    gaps,
    settleBatcher,
    suspects,
    validity: leases,
    maxBacklog,
    reportBackgroundError,
  }
  const consumers = plugins.map((plugin) => createConsumer({ ...common, plugin }))
  const stops: (() => void)[] = []

  const notifications = createNotifications({
    connection,
    run,
    member,
    consumers,
    leases,
    resequencer,
    onOtherWriter: () => appender.seeOtherWriter(),
    reportBackgroundError,
  })
  return {
    async start() {
      partitions = await open()
      await leases.start()
      const sweep = createSweep({
        connection,
        run,
        bus,
        partitions,
        retention,
        sweepMs,
        removedAfterMs,
        reportBackgroundError,
      })
      sweep.start()
      notifications.start()
      stops.push(
        () => sweep.stop(),
        () => notifications.stop(),
      )
    },

    accept: createAccept({ bus, identify, leases, consumers, appender, partitions: () => partitions }),

    async recordUndelivered(callback, undelivered) {
      await recordUndelivered(connection, run, callback, undelivered, resendWindow)
    },

    async health() {
      try {
        await client.set(`${prefix}:probe`, member, 'PX', PROBE_MS)
      } catch (error) {
        throw redisFault(error)
      }
    },

    async stats() {
      const backlogs = await client.hgetall(`${prefix}:backlog`)
      return { plugins: plugins.map((plugin) => ({ plugin, backlog: Number(backlogs[plugin] ?? 0) })) }
    },

    async stop(graceMs) {
      for (const stop of stops.splice(0)) stop()
      deliverer.interrupt()
      for (const consumer of consumers) consumer.close()
      leases.leave()
      const held = consumers.flatMap((consumer) => [...consumer.leases.values()])
      const idle = Promise.all(held.map((lease) => lease.idle()))
      let settled = await waitForDrain(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await waitForDrain(idle, ABORT_GRACE_MS)
      await settleBatcher.flush()
      const undelivered = await run<number>(DEREGISTER, member, ...plugins).catch(() => 0)
      return { undelivered, settled }
    },

    async end(ending) {
      if (ending !== 'failed') for (const consumer of consumers) consumer.survive()
      await settleBatcher.flush()
      settleBatcher.close()
      await leases.end(ending === 'clean')
    },
  }
}
