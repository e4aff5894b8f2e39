import type { Bus } from '../../bus.ts'
import { newId } from '../../id.ts'
import type { Registry } from '../../registry.ts'
import { redisFault } from '../../store/redis-fault.ts'
import { createDeliverer } from '../deliverer.ts'
import type { Delivery, Ending } from '../delivery.ts'
import { createIdentify } from '../identify.ts'
import { OneAtATime } from '../suspects.ts'
import { HEED_MS, withinGrace } from '../within-grace.ts'
import { createAccept } from './accept.ts'
import { Appender } from './appender.ts'
import { createAttention } from './attention.ts'
import { createComplain } from './complain.ts'
import { createFeed } from './feed.ts'
import { Gaps } from './gaps.ts'
import { keep } from './keep.ts'
import { PARTITIONS } from './keys.ts'
import { Leases } from './leases.ts'
import { Ledger } from './ledger.ts'
import { Numbers } from './numbers.ts'
import { openStreams } from './open.ts'
import { type Connection, createRun } from './run.ts'
import { RESIGN } from './scripts/release.ts'
import { createSweep, type Retention } from './sweep.ts'

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

export interface RedisParts {
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
export function createRedisDelivery(parts: RedisParts): RedisDelivery {
  const { registry, bus, connection, resendWindow, retention, maxBacklog } = parts
  const { leaseMs, sweepMs, removedAfterMs } = { ...PACE, ...parts.pace }
  const { client, prefix } = connection
  const member = newId()
  const plugins = registry.plugins.map(({ id }) => id)
  const run = createRun(connection)
  const deliverer = createDeliverer(registry, bus)
  const suspects = new OneAtATime()
  const complain = createComplain(bus)
  const ledger = new Ledger(run, complain)
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
  const feeds = plugins.map((plugin) => createFeed({ ...common, plugin }))
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
      let settled = await withinGrace(idle, graceMs)
      deliverer.abort()
      if (!settled) settled = await withinGrace(idle, HEED_MS)
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
