import { join } from 'node:path'
import type { History } from '../../../core/delivery/history.ts'
import { openHistory } from '../../../core/delivery/engines/open-history.ts'
import { startPostgres } from '../servers/postgres.ts'
import { startRedis } from '../servers/redis.ts'

/** Where the killed servers store what they have acknowledged. */
export interface CrashStore {
  /** The config's `delivery`. */
  readonly delivery: string
  /** The number of servers that share it. */
  readonly processes: number
  /** Kills the database and starts it again, if it is a separate server. */
  readonly restart?: () => Promise<void>
  readonly history: (folder: string) => Promise<History>
}

export function sqliteStore(): CrashStore {
  return {
    delivery: '{ engine: sqlite, sqlite: { file: data/timhook.db } }',
    processes: 1,
    history: (folder) => openHistory({ engine: 'sqlite', sqlite: { file: join(folder, 'data', 'timhook.db') } }),
  }
}

export async function redisStore(): Promise<CrashStore> {
  const server = await startRedis()
  const { url } = server
  const redis = { url, prefix: 'timhook', durability: 'strict' } as const
  return {
    delivery: `{ engine: redis, redis: { url: '${url}' } }`,
    processes: 2,
    restart: () => server.restart(),
    history: () => openHistory({ engine: 'redis', redis, sqlite: { file: '' } }),
  }
}

export async function postgresStore(): Promise<CrashStore> {
  const server = await startPostgres()
  const { url } = server
  const postgres = { url, schema: 'timhook', durability: 'strict' } as const
  return {
    delivery: `{ engine: postgres, postgres: { url: '${url}' } }`,
    processes: 2,
    restart: () => server.restart(),
    history: () => openHistory({ engine: 'postgres', postgres, sqlite: { file: '' } }),
  }
}

/** The plugin and number of every dead letter. */
export async function deadLettersOf(history: History): Promise<Set<string>> {
  const letters = await history.deadLetters({ limit: 100_000 })
  const found = await history.find([...new Set(letters.map(({ callback }) => callback.id))], { bodies: true })
  await history.close()
  const raws = new Map(found.map(({ id, body }) => [id, body?.raw ?? '{}']))
  return new Set(letters.map(({ plugin, callback }) => nameOf(plugin, raws.get(callback.id) ?? '{}')))
}

function nameOf(plugin: string, raw: string): string {
  return `${plugin} ${(JSON.parse(raw) as { EventTime?: number }).EventTime}`
}
