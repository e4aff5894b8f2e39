import cluster from 'node:cluster'
import { describeError } from '../../errors.ts'
import { startServer, type TimhookServer } from '../../server.ts'
import { announcedOf } from './announce.ts'
import { readChosenConfig } from '../input/config.ts'
import { exitCodeOf } from '../output/exit.ts'
import { prepareStart, type StartOptions } from './prepare-start.ts'
import type { StopSignal } from '../process/stop-on-signals.ts'
import { stopServer } from './stop-server.ts'
import { outliveStrayErrors } from '../process/unhandled-errors.ts'
import { watchLoop } from './watch-loop.ts'
import type { ToPrimary, ToWorker } from './worker-messages.ts'

/** The environment variable in which a worker finds its number. */
export const WORKER_NUMBER = 'TIMHOOK_WORKER'

/** The signals that the primary answers for all. */
const PRIMARYS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const

/** Serves until the primary says stop, or is gone. */
export async function work(options: StartOptions): Promise<void> {
  // Ctrl-C reaches every process of a terminal, and some supervisors signal all of a service: the primary passes it on.
  for (const signal of PRIMARYS) process.on(signal, () => undefined)
  let server: TimhookServer | undefined
  let stopping: Promise<void> | undefined
  const stop = (signal: StopSignal): void => {
    stopping ??= end(server, signal)
  }
  listen((message) => {
    if (message.kind === 'stop') stop(message.signal)
    else void server?.readiness().then((readiness) => tell({ ...message, kind: 'readiness', readiness }))
  })
  cluster.worker?.once('disconnect', () => {
    // Without this Node ends the process at once, and with it what is under way.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true
    stop('SIGTERM')
  })
  try {
    const { prepared, log } = await prepareStart(await readChosenConfig(options.config), options)
    // The primary has the one admin listener, and asks.
    prepared.config.admin = false
    const own = log.child({ worker: Number(process.env[WORKER_NUMBER]) })
    server = await startServer(prepared, { log: own })
    outliveStrayErrors(server)
    watchLoop(server, prepared, own)
    tell({ kind: 'listening', announced: announcedOf(server) })
  } catch (error) {
    const status = exitCodeOf(error)
    tell({ kind: 'failed', text: describeError(error), status }, () => process.exit(status))
  }
}

/** One that is not yet there has nothing to finish. */
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

function tell(message: ToPrimary, then: () => void = () => undefined): void {
  if (process.connected) process.send?.(message, undefined, undefined, then)
}
