import { maskConfig } from '../../config/mask.ts'
import { prepare } from '../compose.ts'
import { readChosenConfig } from './config.ts'

/** `timhook check`: reports every fault of the config and its plugins, or what it comes to. */
export async function check(options: { config?: string; json?: boolean }): Promise<void> {
  const reading = await readChosenConfig(options.config)
  const { config, plugins, warnings } = await prepare(reading)
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`)
  if (options.json) {
    process.stdout.write(`${JSON.stringify(maskConfig(config, reading.secrets), null, 2)}\n`)
    return
  }
  const ids = plugins.map(({ id }) => id).join(', ') || 'none'
  process.stdout.write(`${reading.file} is fine: apps ${config.apps.map(({ sdkAppId }) => sdkAppId).join(', ')}; `)
  process.stdout.write(`plugins ${ids}; engine ${config.delivery.engine}\n`)
}
