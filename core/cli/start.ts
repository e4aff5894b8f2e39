import cluster from 'node:cluster'
import { TimhookError } from '../errors.ts'
import { startServer } from '../server.ts'
import { announce, announcedOf } from './announce.ts'
import { prepareStart, type StartOptions } from './prepare-start.ts'
import { stopOnSignals } from './stop-on-signals.ts'
import { stopServer } from './stop-server.ts'
import { outliveStrayErrors } from './stray-errors.ts'
import { work } from './worker.ts'
import { startWorkers } from './workers.ts'

/** `timhook start`: runs until SIGTERM or SIGINT. With `--workers`, this process starts others that run it too. */
export async function start(options: StartOptions): Promise<void> {
  if (cluster.isWorker) return work(options)
  const { workers: count = 1 } = options
  const { prepared, log } = await prepareStart(options)
  if (count > 1) {
    if (prepared.config.delivery.engine !== 'redis') throw needsRedis(prepared.config.delivery.engine)
    return startWorkers(prepared, { count, log })
  }
  const server = await startServer(prepared, { log })
  announce(prepared, announcedOf(server), log)
  stopOnSignals((signal) => stopServer(server, signal))
  outliveStrayErrors(server)
}

function needsRedis(engine: string): TimhookError {
  return new TimhookError('USAGE', `--workers needs the engine redis, and delivery.engine is ${engine}`, {
    hint: 'Set delivery.engine: redis and delivery.redis in the config, or start one process, without --workers.',
  })
}
