import { resolve } from 'node:path'
import type { Bus } from '../../../observe/bus.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { loggableError } from '../../../observe/loggable-error.ts'
import { createSqliteStores } from '../../../store/sqlite/stores.ts'
import { createDelivery } from '../../consume/delivery.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import type { History } from '../../history.ts'
import { SqliteClient } from './client/sqlite-client.ts'
import { openHistoryThread } from './history/history-client.ts'
import { type Loss, type Presence, watchPresence } from './file/presence.ts'
import { realPath } from './file/real-path.ts'
import { readRoom } from './file/disk-reserve.ts'
import { SqliteLog, type SqliteLogDeps } from './sqlite-log.ts'

export interface SqliteDeps extends Omit<SqliteLogDeps, 'plugins'> {
  readonly registry: Registry
  readonly maxBacklog?: number | undefined
}

type Settings = Pick<SqliteDeps, 'resendWindow' | 'retention' | 'maxBacklog' | 'keepRemoved'> & {
  readonly sqlite: { readonly file: string }
}

/**
 * Opens the file that holds the callbacks and the plugins' stores.
 * @param deps.client an unopened client, if its thread was started early
 * @throws TimhookError STORE_IN_USE, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
 */
export async function openSqliteEngine(
  settings: Settings,
  { bus, log, client: early }: { bus: Bus; log: Logger; client?: SqliteClient | undefined },
) {
  const file = realPath(resolve(settings.sqlite.file))
  const client = await SqliteClient.open(file, (error, isOpen) => bus.emit('store:lost', { error, isOpen }), early)
  const history = openHistoryThread(file)
  let loss: Loss | undefined
  const presence = await watchPresence(file, client.descriptor, (found) => {
    loss = found
    if (!found.isLogAlone) void client.request('abandon', undefined).catch(() => undefined)
    client.lose(found.error, true)
  })

  const rescue = async ({ sharesLog }: { sharesLog: boolean }): Promise<void> => {
    if (!client.lost || sharesLog) return
    await copyOf(presence, log)
    if (!loss?.isLogAlone) await presence.dropLog()
  }

  return {
    stores: createSqliteStores((name, arg) => client.request(name, arg)),
    createDelivery(registry: Registry, disabled: readonly string[]): Delivery {
      return createSqliteDelivery({ ...settings, registry, disabled, bus, client, file, look: () => presence.look() })
    },
    async history(): Promise<History> {
      return history
    },
    async close(ending: Ending): Promise<void> {
      await history.close()
      const { marked } = await client.close(ending, rescue)
      await presence.close()
      if (ending === 'clean' && !marked && !client.lost)
        log.warn('the store could not record the clean stop; the next start is as careful as after a crash')
    },
  }
}

/** The durable engine. It stores callbacks in a file before they are acknowledged, and delivers them from there. */
export function createSqliteDelivery(deps: SqliteDeps): Delivery {
  const plugins = deps.registry.plugins.map(({ id }) => id)
  return createDelivery({ ...deps, room: () => readRoom(deps.file), log: new SqliteLog({ ...deps, plugins }) })
}

async function copyOf(presence: Presence, log: Logger): Promise<void> {
  try {
    const copy = await presence.rescue()
    log.warn({ file: copy }, `what was stored was copied to ${copy}: a server can go on with it`)
  } catch (error) {
    log.error({ error: loggableError(error) }, 'what was stored could not be copied: it is lost')
  }
}
