import { TimhookError } from '../../errors.ts'
import { retryUntil } from '../../lib/timeout.ts'
import type { Fault } from '../../../config/faults.ts'
import type { Bus } from '../../observe/bus.ts'
import type { Logger } from '../../observe/log.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Registry } from '../../registry.ts'
import type { PostgresSettings } from '../../store/postgres/options.ts'
import type { RedisSettings } from '../../store/redis/options.ts'
import { createMemoryStores } from '../../store/memory.ts'
import type { Stores } from '../../store/store.ts'
import type { Delivery, Ending } from '../delivery.ts'
import type { History } from '../history.ts'
import type { Retention } from '../retention-shares.ts'
import { createMemoryDelivery } from './memory/open-memory.ts'
import { openSqliteEngine } from './sqlite/open-sqlite.ts'
import { linkCount } from './sqlite/file/real-path.ts'
import { takeWarmClient } from './warm-up.ts'

/** The config's `delivery`. */
export interface EngineSettings {
  readonly engine: 'memory' | 'sqlite' | 'redis' | 'postgres'
  readonly sqlite: { readonly file: string }
  /** Present if the engine is redis. */
  readonly redis?: RedisSettings
  /** Present if the engine is postgres. */
  readonly postgres?: PostgresSettings
  readonly resendWindow: number
  readonly retention: Retention
  /** Milliseconds. */
  readonly keepRemoved?: number
  readonly maxBacklog?: number
}

/** Where callbacks and the plugins' data are kept. Open from before the plugins are set up until they are closed. */
export interface Engine {
  readonly stores: Stores
  /** @param disabled plugins with `enabled: false`, now and later: they do not count as removed */
  createDelivery(registry: Registry, disabled: readonly string[]): Delivery
  /**
   * The history, for this process: opened by the first call, and closed by `close`. Searching it delays no callback.
   * Call it after `createDelivery`.
   */
  history(): Promise<History>
  /** Why acknowledged callbacks may still be lost, for those who run the server. */
  durability?(): string | undefined
  close(ending: Ending): Promise<void>
}

export interface EngineDeps {
  readonly bus: Bus
  readonly log: Logger
  readonly clock: Clock
  /** How long to wait for another server to release the file of sqlite, milliseconds. */
  readonly waitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether `history` will be called. The engine memory keeps nothing for it otherwise. */
  readonly keepsHistory: boolean
}

/**
 * Opens the engine that the config names.
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openEngine(
  settings: EngineSettings,
  { bus, log, clock, waitMs = 0, signal, keepsHistory }: EngineDeps,
): Promise<Engine> {
  if (settings.engine === 'memory') return memoryEngine(settings, { bus, log, clock, keepsHistory })
  if (settings.engine === 'redis') {
    // Users of other engines need not wait for the driver to load.
    const { openRedisEngine } = await import('./redis/open-redis.ts')
    return openRedisEngine(settings, { bus, log })
  }
  if (settings.engine === 'postgres') {
    const { openPostgresEngine } = await import('./postgres/open-postgres.ts')
    return openPostgresEngine(settings, { bus, log })
  }
  const open = (): Promise<Engine> => openSqliteEngine(settings, { bus, log, client: takeWarmClient() })
  return retryUntil(open, { waitMs, signal, isTemporary })
}

function isTemporary(error: unknown): boolean {
  return error instanceof TimhookError && error.code === 'STORE_IN_USE'
}

/** Likely mistakes about where callbacks are kept. */
export function engineWarnings({ engine, sqlite }: Pick<EngineSettings, 'engine' | 'sqlite'>): Fault[] {
  const links = engine === 'sqlite' ? linkCount(sqlite.file) : 1
  if (links < 2) return []
  const message = `${sqlite.file} has ${links} hard links: a second server at another one would damage it, and so would restoring such a backup while the server runs; expected backups that are copies`
  return [{ path: ['delivery', 'sqlite', 'file'], message }]
}

function memoryEngine({ resendWindow }: EngineSettings, { bus, log, clock, keepsHistory }: EngineDeps): Engine {
  log.warn('delivery.engine is memory: what plugins have not finished when the process ends is lost')
  let delivery: ReturnType<typeof createMemoryDelivery> | undefined
  return {
    stores: createMemoryStores(() => clock.now()),
    createDelivery(registry) {
      delivery = createMemoryDelivery({ registry, bus, resendWindow, clock, keepsHistory })
      return delivery
    },
    async history() {
      if (!delivery) throw new TimhookError('STORE_CLOSED', 'the engine has not started')
      return delivery.history
    },
    async close() {},
  }
}
