/** The config's `delivery.redis`: a URL, or sentinels and the name under which they know the Redis. */
export interface RedisSettings {
  readonly url?: string
  /** Each as `host:port`. */
  readonly sentinels?: readonly string[]
  readonly name?: string
  /** For the Redis behind the sentinels; a URL has its own. */
  readonly username?: string
  readonly password?: string
  readonly sentinelPassword?: string
  readonly prefix: string
  readonly durability: 'strict' | 'relaxed'
}

const CONNECT_MS = 2000
const RECONNECT = { minMs: 50, maxMs: 2000 }

/** The options of the driver. */
export function optionsOf({ url, sentinels, name, username, password, sentinelPassword }: RedisSettings): object {
  const options = {
    connectionName: 'timhook',
    connectTimeout: CONNECT_MS,
    keepAlive: 10_000,
    // A command that waits for Redis to come back would be answered long after its callback; one that is sent again may
    // already have been done.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: wait,
    // After a failover the former primary is a replica.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  }
  if (sentinels) {
    const sentinelOptions = { sentinelCommandTimeout: CONNECT_MS, sentinelRetryStrategy: wait }
    return {
      ...options,
      ...sentinelOptions,
      sentinels: sentinels.map(addressOf),
      ...(name !== undefined && { name }),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(sentinelPassword !== undefined && { sentinelPassword }),
    }
  }
  const parsed = new URL(url ?? '')
  return {
    ...options,
    ...addressOf(parsed.host),
    ...(parsed.username !== '' && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
    ...(parsed.pathname.length > 1 && { db: Number(parsed.pathname.slice(1)) }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
  }
}

/** Exponential backoff with jitter, so that not all processes reconnect at once. */
function wait(attempt: number): number {
  const ceiling = Math.min(RECONNECT.maxMs, RECONNECT.minMs * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling * (0.5 + Math.random() / 2))
}

/** `host:port`, where the port may be missing. */
function addressOf(text: string): { host: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  return { host: bracketed ?? plain ?? text, ...(port !== undefined && { port: Number(port) }) }
}

/** Returns the address of Redis, without the password. */
export function placeOf({ url, sentinels = [], name }: RedisSettings): string {
  if (url !== undefined) return new URL(url).host
  return `${name} of the sentinels ${sentinels.join(', ')}`
}
