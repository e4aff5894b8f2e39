import { resolve } from 'node:path'
import { TimhookError } from '../../errors.ts'
import type { EngineSettings } from './open-engine.ts'
import type { History, OpeningOptions } from '../history.ts'
import { openPostgresHistory } from './postgres/history/history.ts'
import { openRedisHistory } from './redis/history/history.ts'
import { openSqliteHistory } from './sqlite/history/history.ts'

/**
 * Opens what the config's engine has stored, from another process than the server.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openHistory(
  { engine, sqlite, redis, postgres }: Pick<EngineSettings, 'engine' | 'sqlite' | 'redis' | 'postgres'>,
  options: OpeningOptions = {},
): Promise<History> {
  if (engine === 'sqlite') return openSqliteHistory(resolve(sqlite.file))
  if (engine === 'redis' && redis) return openRedisHistory(redis, options)
  if (engine === 'postgres' && postgres) return openPostgresHistory(postgres, options)
  throw new TimhookError(
    'STORE_NOT_SHARED',
    'the engine memory keeps callbacks in the server, where no other process sees them',
    {
      hint: 'Set delivery.engine to sqlite, redis or postgres.',
    },
  )
}
