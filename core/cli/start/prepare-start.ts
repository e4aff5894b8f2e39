import type { ConfigReading } from '../../../config/read/reading.ts'
import { createMask } from '../../../config/mask-text.ts'
import { prepare, type Prepared } from '../../runtime.ts'
import { createLogger, type Logger } from '../../observe/log.ts'
import { logDestination } from './log-destination.ts'

export interface StartOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly workers?: number
  /** Whether to print a line for each answer. */
  readonly answers?: boolean
  /** How long to wait for the ports and the store of a server that is about to end, milliseconds. */
  readonly wait?: number
}

/** Loads the plugins of a config, and opens the log. @throws ConfigError */
export async function prepareStart(
  reading: ConfigReading,
  options: StartOptions,
): Promise<{ prepared: Prepared; log: Logger }> {
  const prepared = await prepare(reading)
  const { server } = prepared.config
  if (options.host !== undefined) server.host = options.host
  if (options.port !== undefined) server.port = options.port
  const log = createLogger({
    level: prepared.config.log.level,
    destination: await logDestination(),
    mask: createMask(reading.secrets),
  })
  return { prepared, log }
}
