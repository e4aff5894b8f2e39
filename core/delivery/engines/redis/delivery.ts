import type { Bus } from '../../../observe/bus.ts'
import { newId } from '../../../lib/id.ts'
import type { Registry } from '../../../registry.ts'
import { redisFault } from '../../../store/redis/fault.ts'
import { createDeliverer } from '../../consume/deliverer.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { createIdentify } from '../../ingest/identify.ts'
import { OneAtATime } from '../../consume/suspects.ts'
import { ABORT_GRACE_MS, waitForDrain } from '../../consume/drain.ts'
import { createAccept } from './accept.ts'
import { Appender } from './append/append-batch.ts'
import { createAttention } from './notifications.ts'
import { createComplain } from './client/report-background-error.ts'
import { createConsumer } from './consume/consumer.ts'
import { Gaps } from './append/gaps.ts'
import { keep } from './append/record-undelivered.ts'
import { PARTITIONS } from './client/keys.ts'
import { Leases } from './lease/leases.ts'
import { SettleBatcher } from './consume/settle-batcher.ts'
import { Numbers } from './append/resequencer.ts'
import { openStreams } from './client/open.ts'
import { type Connection, createRun } from './client/run.ts'
import { RESIGN } from './scripts/release.ts'
import { createSweep, type Retention } from './upkeep/retention.ts'

/** How long things take, in milliseconds. Tests cannot wait so long. */
export interface Pace {
  /** After so long without a sign of life a process counts as dead, and its partitions go to others. */
  readonly leaseMs: number
  readonly sweepMs: number
  /** How long no process must have had a plugin until what waits for it becomes dead letters. */
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

/** The leases of what is under way are kept until it is known how all has ended. */
export interface RedisDelivery extends Delivery {
  end(ending: Ending): Promise<void>
}

/** The engine for several processes and machines: see `keys.ts` for what it keeps, and how order is kept with it. */
export function createRedisDelivery(parts: RedisDeps): RedisDelivery {
  const { registry, bus, connection, resendWindow, retention, maxBacklog } = parts
  const { leaseMs, sweepMs, removedAfterMs } = { ...PACE, ...parts.pace }
  const { client, prefix } = connection
  const member = newId()
  const plugins = registry.plugins.map(({ id }) => id)
  const run = createRun(connection)
  const deliverer = createDeliverer(registry, bus)
  const suspects = new OneAtATime()
  const complain = createComplain(bus)
  const ledger = new SettleBatcher(run, complain)
  const identify = createIdentify(resendWindow, bus)
  const gaps = new Gaps()
  const numbers = new Numbers(gaps)
  const appender = new Appender({ run, resendWindow, member, gaps, numbers, afterSending: () => ledger.ride() })

  const open = (): Promise<number> => openStreams(run, plugins, prefix)
  let partitions = PARTITIONS
  const leases: Leases = new Leases({
    run,
    member,
    get partitions() {
      return partitions
    },
    leaseMs,
    feeds: () => feeds,
    ledger,
    complain,
    onLapsed: async () => void (await open()),
  })
  const common = {
    registry,
    deliverer,
    bus,
    connection,
    run,
    gaps,
    ledger,
    suspects,
    validity: leases,
    maxBacklog,
    complain,
  }
  const feeds = plugins.map((plugin) => createConsumer({ ...common, plugin }))
  const stops: (() => void)[] = []

  const attention = createAttention({
    connection,
    run,
    member,
    feeds,
    leases,
    numbers,
    onOthers: () => appender.hearOthers(),
    complain,
  })
  return {
    async start() {
      partitions = await open()
      await leases.start()
      const sweep = createSweep({ connection, run, bus, partitions, retention, sweepMs, removedAfterMs, complain })
      sweep.start()
      attention.start()
      stops.push(
        () => sweep.stop(),
        () => attention.stop(),
      )
    },

    accept: createAccept({ registry, bus, identify, leases, feeds, appender, partitions: () => partitions }),

    async keep(callback, kept) {
      await keep(connection, run, callback, kept, resendWindow)
    },

    async health() {
      try {
        await client.set(`${prefix}:probe`, member, 'PX', PROBE_MS)
      } catch (error) {
        throw redisFault(error)
      }
    },

    async stop(graceMs) {
      for (const stop of stops.splice(0)) stop()
      deliverer.interrupt()
      for (const feed of feeds) feed.close()
      leases.leave()
      const shares = feeds.flatMap((feed) => [...feed.shares.values()])
      const idle = Promise.all(shares.map((share) => share.idle()))
      let settled = await waitForDrain(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await waitForDrain(idle, ABORT_GRACE_MS)
      await ledger.flush()
      const undelivered = await run<number>(RESIGN, member, ...plugins).catch(() => 0)
      return { undelivered, settled }
    },

    async end(ending) {
      if (ending !== 'failed') for (const feed of feeds) feed.survive()
      await ledger.flush()
      ledger.close()
      await leases.end(ending === 'clean')
    },
  }
}
