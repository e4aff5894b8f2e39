import { resolve } from 'node:path'
import { TimhookError } from '../../errors.ts'
import { createLogger } from '../../observe/log.ts'
import { Database } from '../../store/sqlite/database.ts'
import { emptyStore } from '../../store/empty.ts'
import type { PostgresSettings } from '../../store/postgres/options.ts'
import type { RedisSettings } from '../../store/redis/options.ts'
import { type RunOperation, createSqliteStores, type StoreOperations } from '../../store/sqlite/stores.ts'
import { storeOperations } from '../../store/sqlite/tables.ts'
import type { Stores } from '../../store/store.ts'
import { requireDriver } from './driver.ts'
import type { EngineSettings } from './open-engine.ts'
import type { OpeningOptions } from '../history.ts'
import { checkFile, isThere, mustBeCurrent } from './sqlite/file/check-file.ts'

/** The data of plugins, opened next to a server that may be running. */
export interface OpenStores {
  readonly stores: Stores
  close(): Promise<void>
}

/**
 * Opens the data of plugins from a process other than the server. If no server has stored anything yet it is empty, and
 * nothing is created.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openStores(
  { engine, sqlite, redis, postgres }: EngineSettings,
  { now = Date.now, ...options }: OpeningOptions & { now?: () => number } = {},
): Promise<OpenStores> {
  requireDriver(engine)
  if (engine === 'sqlite') return openFile(resolve(sqlite.file), now)
  if (engine === 'redis' && redis) return connect(redis, options)
  if (engine === 'postgres' && postgres) return connectPostgres(postgres, options)
  throw new TimhookError('STORE_NOT_SHARED', 'delivery.engine is memory: another process has nothing to read', {
    hint: "Set it to sqlite, redis or postgres; what plugins keep in memory is seen by the server's own process alone.",
  })
}

async function connect(settings: RedisSettings, { onWaiting }: OpeningOptions): Promise<OpenStores> {
  const { openRedis } = await import('../../store/redis/client.ts')
  const { createRedisStores } = await import('../../store/redis/stores.ts')
  // The servers themselves warn if data may be lost.
  const log = createLogger({ level: 'silent' })
  const connection = await openRedis({ ...settings, durability: 'relaxed' }, { log, onWaiting })
  return { stores: createRedisStores(connection), close: () => connection.close() }
}

async function connectPostgres(settings: PostgresSettings, options: OpeningOptions): Promise<OpenStores> {
  const { openBeside } = await import('./postgres/history/history.ts')
  const { versionOf } = await import('../../store/postgres/migrate.ts')
  const { createPostgresStores } = await import('../../store/postgres/stores.ts')
  const postgres = await openBeside(settings, options)
  if ((await versionOf(postgres)) > 0) {
    return { stores: createPostgresStores(postgres), close: () => postgres.close() }
  }
  const nothing = emptyStore(`schema ${postgres.schema}`)
  return { stores: { of: () => nothing }, close: () => postgres.close() }
}

/** Operations of a single statement: they hold no lock that the server would wait for. */
const READING = new Set<keyof StoreOperations>(['kvGet', 'kvList', 'records'])

function openFile(file: string, now: () => number): OpenStores {
  if (!isThere(file)) {
    const nothing = emptyStore(file)
    return { stores: { of: () => nothing }, async close() {} }
  }
  checkFile(file)
  const database = new Database(file)
  mustBeCurrent(database, file)
  database.exec('PRAGMA busy_timeout = 2000')
  database.exec('PRAGMA synchronous = FULL')
  const operations = storeOperations(database)
  const run: RunOperation = async <N extends keyof StoreOperations>(name: N, arg: StoreOperations[N][0]) => {
    const operation = (): StoreOperations[N][1] => operations[name](arg)
    // In a transaction, since the server may write between the reads and the writes.
    return READING.has(name) ? operation() : database.transaction(operation)
  }
  return { stores: createSqliteStores(run, now), close: async () => database.close() }
}
