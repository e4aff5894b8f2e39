import type { Fault } from '../../../config/faults.ts'
import type { Config } from '../../../config/schema/schema.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { describeError, TimhookError } from '../../errors.ts'

/** A config is also checked on machines that cannot reach its Redis. */
const REDIS_MS = 1000
const NOTHING_TO_LOOK_AT = new Set(['STORE_MISSING', 'STORE_NOT_SHARED', 'STORE_UNREACHABLE'])

/**
 * Warns of stored callbacks for plugins that the config does not run. An id may have been changed by mistake.
 * @param ids of the plugins that the config runs
 */
export async function backlogWarnings({ delivery }: Config, ids: readonly string[]): Promise<Fault[]> {
  try {
    const history = await openHistory(delivery, { startMs: REDIS_MS })
    try {
      const backlogs = await history.backlogs()
      return backlogs.filter(({ plugin }) => !ids.includes(plugin)).map(warning)
    } finally {
      await history.close()
    }
  } catch (error) {
    if (error instanceof TimhookError && NOTHING_TO_LOOK_AT.has(error.code)) return []
    return [{ path: ['delivery'], message: describeError(error).replaceAll('\n ', ';') }]
  }
}

function warning({ plugin, count }: { plugin: string; count: number }): Fault {
  const wait = count === 1 ? 'callback waits' : 'callbacks wait'
  const message = `${count} ${wait} for plugin ${plugin}, which this config does not run: they become dead letters after delivery.keepRemoved; if its id has changed, add \`id: ${plugin}\``
  return { path: ['plugins'], message }
}
