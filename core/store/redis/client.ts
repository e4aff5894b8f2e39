import { Redis } from 'ioredis'
import type { Logger } from '../../observe/log.ts'
import { inspectRedis } from './check.ts'
import { isRefusal, redisFault } from './fault.ts'
import { optionsOf, placeOf, type RedisSettings } from './options.ts'

export type { Redis }

/** A connection to a Redis that has passed the check. It reconnects by itself. */
export interface RedisClient {
  /** Commands fail at once while Redis is down, and are never sent twice. Errors contain arguments: see `redisFault`. */
  readonly client: Redis
  /** The prefix of every key. */
  readonly prefix: string
  /** `faults`: why this Redis may lose acknowledged writes, such as `appendfsync is everysec`. */
  readonly durability: { readonly mode: 'strict' | 'relaxed'; readonly faults: readonly string[] }
  /** Opens a separate connection for reads that block: at most `LONGEST_BLOCK_MS` at a time. `close` closes it too. */
  duplicate(): Redis
  /** Rejects with the reason if this Redis cannot be written to at the moment. */
  check(): Promise<void>
  /** Waits briefly for replies, then disconnects. */
  close(): Promise<void>
}

/** How long one command may block on a connection made by `duplicate`, in milliseconds. */
export const LONGEST_BLOCK_MS = 5000

const START_MS = 5000
/** After this long without a reply from Redis, `onWaiting` is called. */
const QUIET_MS = 1000
/** A connection is dropped when a reply is overdue by this long. */
const SILENT_MS = 5000
const QUIT_TIMEOUT_MS = 1000

interface OpenOptions {
  readonly log: Logger
  /** The time limit for connecting, milliseconds. */
  readonly startMs?: number
  /** How long to wait for a reply, milliseconds. */
  readonly silentMs?: number
  /** Called once when Redis does not answer at once. The default logs it. */
  readonly onWaiting?: ((text: string) => void) | undefined
}

/**
 * Connects to Redis, and checks that it does not lose acknowledged writes.
 * @throws TimhookError STORE_UNREACHABLE, STORE_AUTH_FAILED, STORE_UNSUITABLE or STORE_NOT_DURABLE
 */
export async function openRedis(
  settings: RedisSettings,
  { log, startMs = START_MS, silentMs = SILENT_MS, onWaiting = (text) => log.warn(text) }: OpenOptions,
): Promise<RedisClient> {
  const { prefix, durability: mode } = settings
  const place = placeOf(settings)
  const client = new Redis({ ...optionsOf(settings), commandTimeout: silentMs })
  const duplicates = new Set<Redis>()
  const state: { faults: readonly string[]; fault: unknown } = { faults: [], fault: undefined }
  try {
    await connected(client, startMs, (fault) => {
      onWaiting(`${redisFault(fault, place).message}; trying for ${startMs / 1000} s`)
    })
    state.faults = await inspectRedis(client, mode)
  } catch (error) {
    client.disconnect()
    throw redisFault(error, place)
  }
  if (state.faults.length > 0) {
    log.warn(`delivery.redis.durability is relaxed: what Redis acknowledges may be lost (${state.faults.join(', ')})`)
  }
  watch(client, { log, place, mode, state })
  const pulse = keepPinging(client, duplicates, silentMs)
  return {
    client,
    prefix,
    durability: {
      mode,
      get faults() {
        return state.faults
      },
    },
    duplicate() {
      const duplicate = client.duplicate({ commandTimeout: LONGEST_BLOCK_MS + silentMs })
      // The first connection fails at the same time, and logs it.
      duplicate.on('error', () => undefined)
      duplicates.add(duplicate)
      duplicate.once('end', () => duplicates.delete(duplicate))
      return duplicate
    },
    async check() {
      try {
        state.faults = await inspectRedis(client, 'relaxed')
      } catch (error) {
        throw redisFault(client.status === 'ready' ? error : (state.fault ?? error), place)
      }
    },
    async close() {
      clearInterval(pulse)
      for (const duplicate of duplicates) duplicate.disconnect()
      const timer = setTimeout(() => client.disconnect(), QUIT_TIMEOUT_MS)
      await client.quit().catch(() => client.disconnect())
      clearTimeout(timer)
    },
  }
}

/** Resolves when Redis accepts commands. Rejects at once if waiting cannot help. */
function connected(client: Redis, startMs: number, onWaiting: (fault: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let last: Error = new Error('it closes the connection, or says nothing')
    let isNotified = false
    const notifyOnce = (): void => {
      if (!isNotified) onWaiting(last)
      isNotified = true
    }
    const quiet = setTimeout(notifyOnce, Math.min(QUIET_MS, startMs))
    const fail = (): void => {
      clearTimeout(quiet)
      clearTimeout(timer)
      reject(last)
    }
    const timer = setTimeout(fail, startMs)
    const onError = (error: Error): void => {
      last = error
      if (isRefusal(error)) fail()
      else notifyOnce()
    }
    client.on('error', onError)
    client.once('end', fail)
    client.once('ready', () => {
      clearTimeout(quiet)
      clearTimeout(timer)
      client.off('error', onError)
      resolve()
    })
  })
}

interface Watched {
  readonly log: Logger
  readonly place: string
  readonly mode: 'strict' | 'relaxed'
  readonly state: { faults: readonly string[]; fault: unknown }
}

/** Logs when Redis goes down and when it is back. Checks it again then, since it may be a different one. */
function watch(client: Redis, { log, place, mode, state }: Watched): void {
  let away = false
  client.on('error', (error: Error) => (state.fault = error))
  client.on('close', () => {
    // We closed it ourselves.
    if (away || client.status === 'end') return
    away = true
    log.error(`Redis at ${place} is away: after-callbacks get 503 until it is back`)
  })
  const recheck = async (): Promise<void> => {
    try {
      state.faults = await inspectRedis(client, 'relaxed')
      away = false
      state.fault = undefined
      log.info(`Redis at ${place} is back`)
      if (mode === 'relaxed' || state.faults.length === 0) return
      log.error(`Redis at ${place} may lose what it acknowledges: ${state.faults.join(', ')}`)
    } catch (error) {
      log.error(`Redis at ${place} cannot be used: ${redisFault(error).message}`)
    }
  }
  client.on('ready', () => void recheck())
}

/**
 * A connection that was cut off silently looks alive until TCP gives up, minutes later. So this pings it, and reconnects
 * when no reply comes, together with the connections that are blocked in a read.
 */
function keepPinging(client: Redis, duplicates: ReadonlySet<Redis>, everyMs: number): NodeJS.Timeout {
  return setInterval(() => {
    if (client.status !== 'ready') return
    client.ping().catch(() => {
      for (const connection of [client, ...duplicates]) if (connection.status === 'ready') connection.disconnect(true)
    })
  }, everyMs).unref()
}
