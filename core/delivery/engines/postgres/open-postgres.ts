import { TimhookError } from '../../../errors.ts'
import type { Bus } from '../../../observe/bus.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { openPostgres } from '../../../store/postgres/client.ts'
import type { PostgresSettings } from '../../../store/postgres/options.ts'
import { createPostgresStores } from '../../../store/postgres/stores.ts'
import { createDelivery } from '../../consume/delivery.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { closeHistory, type History } from '../../history.ts'
import { openPostgresHistory } from './history/history.ts'
import { PostgresLog, type PostgresLogDeps } from './log.ts'
import { makeSchema } from './schema.ts'

interface Settings extends Pick<PostgresLogDeps, 'resendWindow' | 'retention' | 'keepRemoved'> {
  readonly postgres?: PostgresSettings
  readonly maxBacklog?: number
}

/** Connects to a PostgreSQL that keeps callbacks and the plugins' data. */
export async function openPostgresEngine(
  { postgres: settings, maxBacklog, ...kept }: Settings,
  { bus, log: logger, pace }: { bus: Bus; log: Logger } & Pick<PostgresLogDeps, 'pace'>,
) {
  if (!settings) throw new TimhookError('CONFIG_INVALID', 'delivery.postgres is missing')
  const postgres = await openPostgres(settings, { log: logger })
  let log: PostgresLog | undefined
  let history: Promise<History> | undefined
  await makeSchema(postgres).catch(async (error: unknown) => {
    await postgres.close()
    throw error
  })
  if (postgres.isPooled)
    logger.info('PostgreSQL is behind a pooler: notifications of other processes take 0.1 s longer')
  return {
    stores: createPostgresStores(postgres),
    createDelivery(registry: Registry, disabled: readonly string[] = []): Delivery {
      const plugins = registry.plugins.map(({ id }) => id)
      log = new PostgresLog({ ...kept, postgres, schema: settings.schema, plugins, disabled, bus, pace })
      return createDelivery({ log, registry, bus, resendWindow: kept.resendWindow, maxBacklog })
    },
    durability(): string | undefined {
      const { mode, faults } = postgres.durability
      return faults.length === 0 ? undefined : `${mode}: ${faults.join(', ')}`
    },
    history(): Promise<History> {
      history ??= openPostgresHistory(settings)
      return history
    },
    async close(ending: Ending): Promise<void> {
      await closeHistory(history)
      // After a fault let the leases expire, since handlers of this process may still be running.
      if (ending !== 'failed') await log?.returnLeases(ending === 'clean').catch(() => undefined)
      await postgres.close()
    },
  }
}
