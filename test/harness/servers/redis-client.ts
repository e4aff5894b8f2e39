import { createLogger } from '../../../core/observe/log.ts'
import { openRedis, type RedisClient } from '../../../core/store/redis/client.ts'
import type { RedisSettings } from '../../../core/store/redis/options.ts'
import { stopAfterTest } from '../hooks.ts'

/** What was logged, and how to connect with it. */
export interface Connecting {
  readonly lines: string[]
  readonly open: (settings: Partial<RedisSettings>) => Promise<RedisClient>
}

/** Connects to Redis as a server does. The connection is closed when the test is over. */
export function connecting(times: { startMs?: number; silentMs?: number } = {}): Connecting {
  const lines: string[] = []
  const log = createLogger({ destination: { write: (line: string) => void lines.push(line) } })
  return {
    lines,
    async open(settings) {
      const redis = await openRedis(
        { prefix: 'timhook', durability: 'strict', ...settings },
        { log, startMs: 2000, ...times },
      )
      stopAfterTest(() => redis.close())
      return redis
    },
  }
}
