import { resolve } from 'node:path'
import { TimhookError } from '../../errors.ts'
import { requireDriver } from './driver.ts'
import type { EngineSettings } from './open-engine.ts'
import type { History, OpeningOptions } from '../history.ts'

/**
 * Opens what the config's engine has stored, from a process other than the server. Loads only that engine, because a
 * command or the page should not wait for the drivers of the others.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openHistory(
  { engine, sqlite, redis, postgres }: Pick<EngineSettings, 'engine' | 'sqlite' | 'redis' | 'postgres'>,
  options: OpeningOptions = {},
): Promise<History> {
  requireDriver(engine)
  if (engine === 'sqlite') {
    const { openSqliteHistory } = await import('./sqlite/history/history.ts')
    return openSqliteHistory(resolve(sqlite.file))
  }
  if (engine === 'redis' && redis) {
    const { openRedisHistory } = await import('./redis/history/history.ts')
    return openRedisHistory(redis, options)
  }
  if (engine === 'postgres' && postgres) {
    const { openPostgresHistory } = await import('./postgres/history/history.ts')
    return openPostgresHistory(postgres, options)
  }
  throw new TimhookError(
    'STORE_NOT_SHARED',
    'the engine memory keeps callbacks in the server, where no other process sees them',
    {
      hint: 'Set delivery.engine to sqlite, redis or postgres.',
    },
  )
}
