import { prepare } from '../../runtime.ts'
import type { TimhookServer } from '../../server.ts'
import { readChosenConfig } from '../input/config.ts'
import { type PreparedStart, type StartOptions, withOptions } from './prepare-start.ts'

/**
 * Reads the config again and hands it to the server. If it cannot be used, the one that runs stays, and the bus has
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
    // Options that a plugin's schema marks as secret were found meanwhile.
    addSecrets(reading.secrets)
    adapt(prepared)
    for (const warning of prepared.warnings) log.warn(warning)
    await server.reload(prepared)
  } catch (error) {
    server.bus.emit('config:refused', { error })
  }
}
