import { relative } from 'node:path'
import { maskText } from '../../config/mask-text.ts'
import { prepare, type Prepared } from '../compose.ts'
import { TimhookError } from '../errors.ts'
import { createLogger, type Logger } from '../log.ts'
import { startServer, type TimhookServer } from '../server.ts'
import { readChosenConfig } from './config.ts'
import { logDestination } from './log-destination.ts'

interface StartOptions {
  config?: string
  host?: string
  port?: number
  workers?: number
}

/** `timhook start`: runs until SIGTERM or SIGINT. */
export async function start(options: StartOptions): Promise<void> {
  if (options.workers !== undefined && options.workers > 1) {
    throw new TimhookError('USAGE', '--workers is not supported yet', { hint: 'Start one process.' })
  }
  const reading = await readChosenConfig(options.config)
  const prepared = await prepare(reading)
  const { server } = prepared.config
  if (options.host !== undefined) server.host = options.host
  if (options.port !== undefined) server.port = options.port
  const log = createLogger({
    level: prepared.config.log.level,
    destination: await logDestination(),
    mask: (line) => maskText(line, reading.secrets),
  })
  const running = await startServer(prepared, { log })
  announce(prepared, running, log)
  stopOnSignals(running)
  outliveStrayErrors(running)
}

/** What listens, what handles what, and what to try. */
function announce(prepared: Prepared, { url, adminUrl, running }: TimhookServer, log: Logger): void {
  for (const warning of prepared.warnings) log.warn(warning)
  for (const { sdkAppId, unsigned } of prepared.config.apps) {
    if (unsigned) log.warn(`app ${sdkAppId} is UNSIGNED: whoever knows the SdkAppid can send callbacks; set its tokens`)
  }
  for (const { id, handlers } of running.registry.plugins) {
    log.info({ plugin: id, handles: [...handlers.keys()] }, `plugin ${id} handles ${[...handlers.keys()].join(', ')}`)
  }
  if (adminUrl !== undefined) log.info({ url: adminUrl }, `health on ${adminUrl}healthz and ${adminUrl}readyz`)
  log.info({ url }, `listening on ${url}`)
  log.info(`try: ${ownName()} trigger Group.CallbackAfterGroupFull`)
}

/**
 * What a plugin leaves unhandled is not to take the others down: a rejection is logged. An exception out of nowhere may
 * have left anything half done, so the process ends for its supervisor to start anew, once what is under way is finished.
 */
function outliveStrayErrors(server: TimhookServer): void {
  process.on('unhandledRejection', (error) => server.bus.emit('server:failed', { error, stray: true }))
  process.on('uncaughtException', (error) => {
    server.bus.emit('server:failed', { error, stray: true })
    endFailed(server)
  })
  // Without its store it could only refuse: before-callbacks too are decided better by a new process.
  server.bus.on('store:lost', () => endFailed(server))
}

function endFailed(server: TimhookServer): void {
  const end = (): void => process.exit(1)
  server.stop({ drainMs: 0, failed: true }).then(end, end)
}

/** How this command was called: installed, npx finds it; in a clone of the project, npx would build first. */
function ownName(): string {
  const script = process.argv[1] ?? ''
  return /[\\/]node_modules[\\/]/.test(script) ? 'npx timhook' : `node ${relative(process.cwd(), script)}`
}

/** SIGTERM drains first. SIGINT, a person's Ctrl-C, does not wait for clients to leave. A second one ends at once. */
function stopOnSignals(server: TimhookServer): void {
  let stopping = false
  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (stopping) process.exit(1)
    stopping = true
    server.stop(signal === 'SIGINT' ? { drainMs: 0 } : {}).then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
