import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openDriver } from '../../core/store/sqlite/driver.ts'
import { startPostgres } from '../../test/harness/servers/postgres.ts'
import { startRedis } from '../../test/harness/servers/redis.ts'

export const ENGINES = ['sqlite', 'redis', 'postgres'] as const
export type EngineName = (typeof ENGINES)[number]

/** A store that becomes unavailable and comes back. */
export interface SoakStore {
  /** The config's section `delivery`, without its braces. */
  readonly delivery: string
  /** Resolves once the store is back. */
  readonly outage: (ms: number) => Promise<void>
}

/** @param folder the working directory of the server */
export async function soakStore(engine: EngineName, folder: string): Promise<SoakStore> {
  if (engine === 'sqlite') return sqliteStore(join(folder, 'data/timhook.db'))
  const server = await (engine === 'redis' ? startRedis() : startPostgres())
  return {
    delivery: `engine: ${engine}, ${engine}: { url: '${server.url}' }`,
    async outage(ms) {
      await server.kill()
      await delay(ms)
      await server.start()
    },
  }
}

/** Another program locks the file, as a copy or repair tool would. */
function sqliteStore(file: string): SoakStore {
  return {
    delivery: 'engine: sqlite, sqlite: { file: data/timhook.db }',
    async outage(ms) {
      const database = openDriver(file)
      database.exec('PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE')
      await delay(ms)
      database.exec('ROLLBACK')
      database.close()
    },
  }
}
