import type { ConfigReading } from '../../config/reading.ts'
import type { Link } from '../delivery/sqlite/link.ts'
import { TimhookError } from '../errors.ts'
import { startServer } from '../server.ts'
import { announce, announcedOf } from './announce.ts'
import { prepareStart, type StartOptions } from './prepare-start.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { stopServer } from './stop-server.ts'
import { outliveStrayErrors } from './stray-errors.ts'
import { startWorkers } from './workers.ts'

/**
 * Serves until a signal, by itself or by workers.
 * @param link of the engine sqlite, its thread started already
 */
export async function serve(reading: ConfigReading, options: StartOptions, link: Link | undefined): Promise<void> {
  const { workers: count = 1 } = options
  const { prepared, log } = await prepareStart(reading, options)
  if (count > 1) {
    if (prepared.config.delivery.engine !== 'redis') throw needsRedis(prepared.config.delivery.engine)
    return startWorkers(prepared, { count, log })
  }
  const server = await startServer(prepared, { log, link })
  announce(prepared, announcedOf(server), log)
  stopOnSignals((signal) => stopServer(server, signal))
  outliveStrayErrors(server)
}

function needsRedis(engine: string): TimhookError {
  return new TimhookError('USAGE', `--workers needs the engine redis, and delivery.engine is ${engine}`, {
    hint: 'Set delivery.engine: redis and delivery.redis in the config, or start one process, without --workers.',
  })
}
