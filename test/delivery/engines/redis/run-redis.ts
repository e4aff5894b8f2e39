import { Bus } from '../../../../core/observe/bus.ts'
import type { Delivery, Ending } from '../../../../core/delivery/delivery.ts'
import { partitionKey } from '../../../../core/delivery/engines/redis/client/keys.ts'
import { createRedisDelivery, type Pace, type RedisDeps } from '../../../../core/delivery/engines/redis/open-redis.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import type { Callback } from '../../../../core/callback/callback.ts'
import { createRegistry, type HandlerSpec } from '../../../../core/registry.ts'
import { openRedis, type RedisClient } from '../../../../core/store/redis/client.ts'
import { READ } from '../../../../core/delivery/engines/redis/redis-log.ts'
import type { Script } from '../../../../core/store/redis/script.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import type { RedisServer } from '../../../harness/servers/redis.ts'
import { accept, callback, type Handle, pluginOf } from '../sqlite/run-sqlite.ts'

/** Quick enough for tests, and slow enough for a busy machine. */
export const PACE: Pace = { leaseMs: 600, sweepMs: 100 }

export interface RedisRun {
  readonly bus: Bus
  readonly connection: RedisClient
  readonly delivery: Delivery
  readonly accept: (n: number, group?: string) => Promise<void>
  readonly take: (given: Callback) => Promise<void>
  readonly stop: (ending?: Ending) => Promise<{ undelivered: number }>
  /** Ends as a process that dies: whatever it has is left as it is, until its leases run out. */
  readonly die: () => Promise<void>
}

/** A script of which one reply is lost, as a connection that breaks loses it: what it did is done. */
interface Lost {
  readonly script: Script
  readonly when: (reply: unknown) => boolean
}

type More = Partial<
  HandlerSpec &
    Pick<RedisDeps, 'maxBacklog' | 'retention' | 'resendWindow' | 'pace' | 'keepRemoved' | 'disabled'> & {
      readonly lost: Lost
    }
>

/** The engine on a Redis, as one process has it, with plugins whose handlers get the callback's number. */
export async function runRedis(
  { url }: Pick<RedisServer, 'url'>,
  handlers: Record<string, Handle>,
  more: More = {},
): Promise<RedisRun> {
  const {
    maxBacklog,
    retention = { age: 1e9, size: 1e12, deadLetters: 1e9 },
    resendWindow = 600_000,
    pace,
    keepRemoved = 300,
    disabled = [],
    lost,
    ...settings
  } = more
  const bus = new Bus()
  const connection = await connectTo(url)
  if (lost) loseReply(connection, lost)
  const registry = createRegistry(Object.entries(handlers).map(([id, handle]) => pluginOf(id, handle, settings)))
  const kept = { resendWindow, retention, keepRemoved, disabled }
  const parts = { registry, bus, connection, ...kept, pace: { ...PACE, ...pace } }
  const delivery = createRedisDelivery({ ...parts, ...(maxBacklog !== undefined && { maxBacklog }) })
  await delivery.start()
  let open = true
  const stop = async (ending?: Ending): Promise<{ undelivered: number }> => {
    open = false
    const { undelivered, settled } = await delivery.stop(50)
    await delivery.end(ending ?? (settled ? 'clean' : 'unsettled'))
    await connection.close()
    return { undelivered }
  }
  stopAfterTest(async () => void (open && (await stop())))
  return {
    bus,
    connection,
    delivery,
    accept: async (n, group = 'g') => accept(delivery, registry, callback(n, group)),
    take: async (given) => accept(delivery, registry, given),
    stop,
    async die() {
      open = false
      connection.client.disconnect()
      await delivery.stop(0)
      await delivery.end('failed')
      await connection.close()
    },
  }
}

function loseReply({ client }: RedisClient, { script, when }: Lost): void {
  const evaluate = client.evalsha.bind(client) as (...args: unknown[]) => Promise<unknown>
  let isLost = false
  const losing = async (...args: unknown[]): Promise<unknown> => {
    const reply = await evaluate(...args)
    if (isLost || args[0] !== script.sha || !when(reply)) return reply
    isLost = true
    throw new Error('Connection is closed.')
  }
  Object.assign(client, { evalsha: losing })
}

/** A connection of its own, to look at what is stored. */
export async function connectTo(url: string): Promise<RedisClient> {
  const log = createLogger({ level: 'silent' })
  const connection = await openRedis({ url, prefix: 'timhook', durability: 'relaxed' }, { log })
  stopAfterTest(() => connection.close())
  return connection
}

/** Looks until it fits: Redis tells nobody when something has changed. */
export async function eventually<T>(look: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await look()
    if (fits(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Counts the callbacks that READ brings, from now on. */
export function countReads({ connection: { client } }: RedisRun): () => number {
  const evaluate = client.evalsha.bind(client) as (...args: unknown[]) => Promise<unknown>
  let count = 0
  const counting = async (...args: unknown[]): Promise<unknown> => {
    const reply = await evaluate(...args)
    if (args[0] === READ.sha) count += (reply as [number, number, number, unknown[]])[3].length
    return reply
  }
  Object.assign(client, { evalsha: counting })
  return () => count
}

/** All partitions, by their keys. */
export const PARTITION_KEYS = Array.from({ length: 32 }, (_, n) => partitionKey('timhook', n))

/** How many callbacks wait for the plugin `one`, as Redis has it. */
export async function waitingOf({ connection: { client } }: Pick<RedisRun, 'connection'>): Promise<number> {
  let sum = 0
  for (const key of PARTITION_KEYS) {
    sum += Number(await client.hget(key, 'stored:one')) - Number(await client.hget(`${key}:lease:one`, 'finished'))
  }
  return sum
}

/** Resolves when so many callbacks wait for the plugin `one`. */
export async function waits(run: RedisRun, count: number): Promise<void> {
  await eventually(
    () => waitingOf(run).catch(() => NaN),
    (found) => found === count,
  )
}

/** The key of the only partition with callbacks. */
export async function partitionOf({ connection: { client } }: RedisRun): Promise<string> {
  for (const key of PARTITION_KEYS) if ((await client.xlen(`${key}:cb`)) > 0) return key
  throw new Error('nothing is stored')
}

/** How many dead letters there are. */
export async function deadLettersOf({ connection: { client } }: RedisRun): Promise<number> {
  const counts = await Promise.all(PARTITION_KEYS.map((key) => client.zcard(`${key}:dead`)))
  return counts.reduce((sum, count) => sum + count, 0)
}
