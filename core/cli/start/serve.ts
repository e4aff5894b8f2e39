import type { ConfigReading } from '../../../config/read/reading.ts'
import { TimhookError } from '../../errors.ts'
import { startServer } from '../../server.ts'
import { announce, announcedOf } from './announce.ts'
import { initWarning, npmWarning } from './own-command.ts'
import { printAnswers } from './print-answers.ts'
import { prepareStart, readConfigOnDisk, reload, type StartOptions } from './prepare-start.ts'
import type { ReloadSignals } from '../process/reload-signals.ts'
import { stopOnSignals } from '../process/stop-on-signals.ts'
import { stopServer } from './stop-server.ts'
import { handleUnhandledErrors } from '../process/unhandled-errors.ts'
import { watchFiles } from '../process/watch-files.ts'
import { watchLoop } from './watch-loop.ts'
import { startWorkers } from './workers.ts'

interface ServeOptions extends StartOptions {
  /** Removes the signal handlers that were added for loading. */
  readonly stopLoadingSignals: () => void
  readonly signals: ReloadSignals
}

/** Serves until a signal, in this process or in workers. */
export async function serve(reading: ConfigReading, options: ServeOptions): Promise<void> {
  const { workers: count = 1, stopLoadingSignals, signals } = options
  // As SIGHUP does, it names what cannot be swapped.
  if (options.watch === true) watchFiles(reading, () => signals.reload?.())
  const start = await prepareStart(reading, options)
  const { prepared, log } = start
  signals.log = log
  for (const warning of [npmWarning(), initWarning()]) if (warning !== undefined) log.warn(warning)
  if (count > 1) {
    const { engine } = prepared.config.delivery
    if (engine !== 'redis' && engine !== 'postgres') throw needsSharedEngine(engine)
    stopLoadingSignals()
    return startWorkers(start, { count, options, signals })
  }
  const interruption = new AbortController()
  const readConfig = (): ReturnType<typeof readConfigOnDisk> => readConfigOnDisk(options)
  const starting = startServer(prepared, { log, signal: interruption.signal, waitMs: options.wait, readConfig })
  stopLoadingSignals()
  stopOnSignals(
    async (signal) => {
      interruption.abort(new Error('stopped while it started'))
      // A start that was interrupted has closed its plugins.
      const server = await starting.catch(() => undefined)
      return server ? stopServer(server, signal) : 0
    },
    { log },
  )
  try {
    const server = await starting
    announce(prepared, announcedOf(server), { log, options })
    handleUnhandledErrors(server)
    if (options.answers === true) printAnswers(server.bus)
    watchLoop(server, prepared, log)
    signals.reload = () => void reload(server, start, options)
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    // The signal handler exits the process.
    await new Promise(() => undefined)
  }
}

function needsSharedEngine(engine: string): TimhookError {
  return new TimhookError('USAGE', `--workers needs the engine postgres or redis, and delivery.engine is ${engine}`, {
    hint: 'Set delivery.engine: postgres and delivery.postgres in the config, or start one process, without --workers.',
  })
}
