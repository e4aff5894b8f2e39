import cluster from 'node:cluster'
import { createRequire } from 'node:module'
import { warmUpEngine } from '../../delivery/engines/warm-up.ts'
import { readChosenConfig } from '../input/config.ts'
import type { StartOptions } from '../start/prepare-start.ts'
import { handleReloadSignals } from '../process/reload-signals.ts'
import type * as serving from '../start/serve.ts'
import type * as worker from '../start/worker.ts'

const require = createRequire(import.meta.url)

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * `timhook start`: runs until SIGTERM or SIGINT. With `--workers`, this process starts others that run it too. Most of
 * the code is loaded here, required as in lazy-commands.ts, while the thread of the store loads its own.
 */
export async function start(options: StartOptions): Promise<void> {
  if (cluster.isWorker) return (require('../start/worker.js') as typeof worker).work(options)
  const stopLoadingSignals = endOnSignals()
  const signals = handleReloadSignals()
  const reading = await readChosenConfig(options.config)
  if (reading.config) warmUpEngine(reading.config.delivery.engine)
  const { serve } = require('../start/serve.js') as typeof serving
  return serve(reading, { ...options, stopLoadingSignals, signals })
}

/**
 * Before the server runs, a signal ends the process at once, whatever listeners plugins have added.
 * @returns a function that removes the listeners
 */
function endOnSignals(): () => void {
  const end = (): never => process.exit(0)
  for (const signal of SIGNALS) process.on(signal, end)
  return () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}
