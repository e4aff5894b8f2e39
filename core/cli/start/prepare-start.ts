import { formatFault } from '../../../config/faults.ts'
import type { ConfigReading } from '../../../config/read/reading.ts'
import { createMask } from '../../../config/mask-text.ts'
import type { ConfigOnDisk } from '../../admin/api/deps.ts'
import { describeError } from '../../errors.ts'
import { prepare, type Prepared } from '../../runtime.ts'
import type { TimhookServer } from '../../server.ts'
import { readChosenConfig } from '../input/config.ts'
import { createLogger, type Logger } from '../../observe/log.ts'
import { logDestination } from './log-destination.ts'

export interface StartOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly workers?: number
  /** Whether to reload when the config or a plugin given by path changes. */
  readonly watch?: boolean
  /** Whether to print a line for each answer. */
  readonly answers?: boolean
  /** How long to wait for the ports and the store of a server that is stopping, milliseconds. */
  readonly wait?: number
}

export interface PreparedStart {
  readonly prepared: Prepared
  readonly log: Logger
  /** Adds secrets to mask in the log. */
  readonly addSecrets: (secrets: Iterable<string>) => void
}

/** Loads the plugins of a config, and opens the log. @throws ConfigError */
export async function prepareStart(reading: ConfigReading, options: StartOptions): Promise<PreparedStart> {
  const prepared = withOptions(await prepare(reading), options)
  const secrets = new Set(reading.secrets)
  let mask = createMask(secrets)
  const log = createLogger({
    level: prepared.config.log.level,
    destination: await logDestination(),
    mask: (line) => mask(line),
  })
  return {
    prepared,
    log,
    addSecrets(more) {
      for (const secret of more) secrets.add(secret)
      mask = createMask(secrets)
    },
  }
}

/** Options of the command line override the config. */
function withOptions<T extends Pick<Prepared, 'config'>>(prepared: T, { host, port }: StartOptions): T {
  const { server } = prepared.config
  if (host !== undefined) server.host = host
  if (port !== undefined) server.port = port
  return prepared
}

/** Reads the config again, to show what a reload would change. Does not load its plugins. */
export async function readConfigOnDisk(options: StartOptions): Promise<ConfigOnDisk> {
  try {
    const { config, faults, locate } = await readChosenConfig(options.config)
    if (config) return withOptions({ config }, options)
    return { faults: faults.map((fault) => formatFault(fault, locate)) }
  } catch (error) {
    return { faults: [describeError(error)] }
  }
}

/**
 * Reads the config again and hands it to the server. If it cannot be used, the running one stays, and the bus emits
 * `config:refused`.
 */
export async function reload(
  server: TimhookServer,
  { log, addSecrets }: PreparedStart,
  options: StartOptions,
  adapt: (prepared: PreparedStart['prepared']) => void = () => undefined,
): Promise<void> {
  try {
    const reading = await readChosenConfig(options.config)
    addSecrets(reading.secrets)
    const prepared = withOptions(await prepare(reading, (line) => log.warn(line)), options)
    // Loading the plugins has found more secret options.
    addSecrets(reading.secrets)
    adapt(prepared)
    for (const warning of prepared.warnings) log.warn(warning)
    await server.reload(prepared)
  } catch (error) {
    server.bus.emit('config:refused', { error })
  }
}
