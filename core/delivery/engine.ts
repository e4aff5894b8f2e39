import { resolve } from 'node:path'
import type { Bus } from '../bus.ts'
import type { Logger } from '../log.ts'
import type { Registry } from '../registry.ts'
import type { RedisSettings } from '../store/redis-options.ts'
import { createMemoryStores } from '../store/memory.ts'
import { createSqliteStores } from '../store/sqlite.ts'
import type { Stores } from '../store/store.ts'
import type { Delivery, Ending } from './delivery.ts'
import { createMemoryDelivery } from './memory.ts'
import { createSqliteDelivery } from './sqlite/delivery.ts'
import { Link } from './sqlite/link.ts'
import type { Retention } from './sqlite/retention.ts'

/** The config's `delivery`. */
export interface EngineSettings {
  readonly engine: 'memory' | 'sqlite' | 'redis'
  readonly sqlite: { readonly file: string }
  /** Is there where the engine is redis. */
  readonly redis?: RedisSettings
  readonly resendWindow: number
  readonly retention: Retention
  readonly maxBacklog?: number
}

/** What keeps callbacks, and what plugins keep. It is open before the plugins are set up and until they are closed. */
export interface Engine {
  readonly stores: Stores
  createDelivery(registry: Registry): Delivery
  /** Why what is acknowledged may be lost all the same, for those who run the server. */
  durability?(): string | undefined
  close(ending: Ending): Promise<void>
}

/**
 * Opens the engine that the config names.
 * @param parts.link of the engine sqlite, where its thread was started early
 * @throws TimhookError with a code that begins with STORE_
 */
export async function openEngine(
  settings: EngineSettings,
  { bus, log, link: early }: { bus: Bus; log: Logger; link?: Link | undefined },
): Promise<Engine> {
  if (settings.engine === 'memory') return memoryEngine(settings, bus, log)
  if (settings.engine === 'redis') {
    // Who uses another engine need not wait for the driver.
    const { openRedisEngine } = await import('./redis/engine.ts')
    return openRedisEngine(settings, { bus, log })
  }
  const file = resolve(settings.sqlite.file)
  const link = await Link.open(file, (error) => bus.emit('store:lost', { error }), early)
  return {
    stores: createSqliteStores((name, arg) => link.ask(name, arg)),
    createDelivery: (registry) => createSqliteDelivery({ ...settings, registry, bus, link, file }),
    async close(ending) {
      const { marked } = await link.close(ending)
      if (ending === 'clean' && !marked)
        log.warn('the store could not note that all has ended well; the next start is as careful as after a crash')
    },
  }
}

function memoryEngine({ resendWindow }: EngineSettings, bus: Bus, log: Logger): Engine {
  log.warn('delivery.engine is memory: whatever plugins have not finished when the process ends is lost')
  return {
    stores: createMemoryStores(),
    createDelivery: (registry) => createMemoryDelivery({ registry, bus, resendWindow }),
    async close() {},
  }
}
