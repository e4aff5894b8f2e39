import cluster from 'node:cluster'
import { describeError } from '../../errors.ts'
import { startServer, type TimhookServer } from '../../server.ts'
import { announcedOf } from './announce.ts'
import { readChosenConfig } from '../input/config.ts'
import { exitCodeOf } from '../output/exit.ts'
import type { Prepared } from '../../runtime.ts'
import { prepareStart, reload, type StartOptions } from './prepare-start.ts'
import type { StopSignal } from '../process/stop-on-signals.ts'
import { stopServer } from './stop-server.ts'
import { handleUnhandledErrors } from '../process/unhandled-errors.ts'
import { watchLoop } from './watch-loop.ts'
import type { ToPrimary, ToWorker } from './worker-messages.ts'

/** The environment variable with the number of a worker. */
export const WORKER_NUMBER = 'TIMHOOK_WORKER'

/** The signals that the primary handles for all workers. */
const PRIMARY_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const

/** Serves until the primary sends stop or dies. */
export async function work(options: StartOptions): Promise<void> {
  // Ctrl-C reaches every process of a terminal, and some supervisors signal all of a service: the primary passes it on.
  for (const signal of PRIMARY_SIGNALS) process.on(signal, () => undefined)
  let server: TimhookServer | undefined
  let stopping: Promise<void> | undefined
  const stop = (signal: StopSignal): void => {
    stopping ??= end(server, signal)
  }
  let reloadWorker = (): void => undefined
  listen((message) => {
    if (message.kind === 'stop') stop(message.signal)
    else if (message.kind === 'reload') reloadWorker()
    else if (server) void reply(server, message)
  })
  cluster.worker?.once('disconnect', () => {
    // Without this Node would end the process at once, with callbacks under way.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
    stop('SIGTERM')
  })
  try {
    const start = await prepareStart(await readChosenConfig(options.config), options)
    const { prepared, log } = start
    adapt(prepared)
    const own = log.child({ worker: Number(process.env[WORKER_NUMBER]) })
    server = await startServer(prepared, { log: own, waitMs: options.wait })
    handleUnhandledErrors(server)
    watchLoop(server, prepared, own)
    const started = server
    reloadWorker = () => void reload(started, start, options, adapt)
    send({ kind: 'listening', announced: announcedOf(server) })
  } catch (error) {
    const status = exitCodeOf(error)
    send({ kind: 'failed', text: describeError(error), status }, () => process.exit(status))
  }
}

function adapt({ config }: Prepared): void {
  // Only the primary has an admin listener. It queries the workers.
  config.admin = false
  // A single worker may get no callback for a long time.
  config.alerts.noCallbacks = 0
}

async function reply(server: TimhookServer, { query, about }: ToWorker & { kind: 'query' }): Promise<void> {
  if (about === 'readiness') send({ kind: 'readiness', query, readiness: await server.readiness() })
  else send({ kind: 'metrics', query, families: await server.metrics() })
}

/** A server that has not started has nothing to finish. */
async function end(server: TimhookServer | undefined, signal: StopSignal): Promise<void> {
  try {
    process.exit(server ? await stopServer(server, signal) : 0)
  } catch {
    process.exit(1)
  }
}

function listen(onMessage: (message: ToWorker) => void): void {
  process.on('message', (message) => onMessage(message as ToWorker))
}

function send(message: ToPrimary, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, then)
}
