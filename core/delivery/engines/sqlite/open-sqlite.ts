import { resolve } from 'node:path'
import type { Bus } from '../../../observe/bus.ts'
import type { Logger } from '../../../observe/log.ts'
import type { Registry } from '../../../registry.ts'
import { loggableError } from '../../../observe/loggable-error.ts'
import { createSqliteStores } from '../../../store/sqlite/stores.ts'
import type { Delivery, Ending } from '../../delivery.ts'
import { createSqliteDelivery, type SqliteDeps } from './delivery.ts'
import { SqliteClient } from './client/sqlite-client.ts'
import { type Loss, type Presence, watchPresence } from './file/presence.ts'
import { realPath } from './file/real-path.ts'

type Settings = Pick<SqliteDeps, 'resendWindow' | 'retention' | 'maxBacklog'> & {
  readonly sqlite: { readonly file: string }
}

/**
 * Opens the file, which keeps callbacks and what plugins keep.
 * @param parts.link where its thread was started early
 * @throws TimhookError STORE_IN_USE, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
 */
export async function openSqliteEngine(
  settings: Settings,
  { bus, log, link: early }: { bus: Bus; log: Logger; link?: SqliteClient | undefined },
) {
  const file = realPath(resolve(settings.sqlite.file))
  const link = await SqliteClient.open(file, (error, isOpen) => bus.emit('store:lost', { error, isOpen }), early)
  let loss: Loss | undefined
  const presence = await watchPresence(file, link.descriptor, (found) => {
    loss = found
    if (!found.isLogAlone) void link.ask('abandon', undefined).catch(() => undefined)
    link.lose(found.error, true)
  })

  const rescue = async ({ sharesLog }: { sharesLog: boolean }): Promise<void> => {
    if (!link.lost || sharesLog) return
    await copyOf(presence, log)
    if (!loss?.isLogAlone) await presence.dropLog()
  }

  return {
    stores: createSqliteStores((name, arg) => link.ask(name, arg)),
    createDelivery(registry: Registry): Delivery {
      return createSqliteDelivery({ ...settings, registry, bus, link, file, look: () => presence.look() })
    },
    async close(ending: Ending): Promise<void> {
      const { marked } = await link.close(ending, rescue)
      await presence.close()
      if (ending === 'clean' && !marked && !link.lost)
        log.warn('the store could not note that all has ended well; the next start is as careful as after a crash')
    },
  }
}

async function copyOf(presence: Presence, log: Logger): Promise<void> {
  try {
    const copy = await presence.rescue()
    log.warn({ file: copy }, `what was stored was copied to ${copy}: a server can go on with it`)
  } catch (error) {
    log.error({ error: loggableError(error) }, 'what was stored could not be copied: it is lost')
  }
}
