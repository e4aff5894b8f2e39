import { ConfigError, type Fault, formatFault, formatPath, type Locate } from '../../../config/faults.ts'
import { maskConfig } from '../../../config/read/mask.ts'
import type { ConfigReading } from '../../../config/read/reading.ts'
import { inspect } from '../../runtime.ts'
import { TimhookError } from '../../errors.ts'
import { backlogWarnings } from '../start/backlog-warnings.ts'
import { readChosenConfig } from '../input/config.ts'

export interface CheckOptions {
  readonly config?: string
  readonly json?: boolean
  /** Whether a warning fails the command. */
  readonly strict?: boolean
}

/** `timhook check`: reports every fault of the config and its plugins, or a summary if there is none. */
export async function check(options: CheckOptions): Promise<void> {
  const { json = false, strict = false } = options
  const reading = await read(options)
  const { plugins, faults, warnings: found } = await inspect(reading)
  const { config, locate } = reading
  const ids = plugins.map(({ id }) => id)
  const warnings = config && faults.length === 0 ? [...found, ...(await backlogWarnings(config, ids))] : found
  const lines = (list: readonly Fault[]): string[] => list.map((fault) => formatFault(fault, locate))
  const fails = !config || faults.length > 0 || (strict && warnings.length > 0)
  if (json && fails) printJson({ faults: described(faults, locate), warnings: described(warnings, locate) })
  else for (const warning of lines(warnings)) process.stderr.write(`warning: ${warning}\n`)
  if (!config || faults.length > 0) throw new ConfigError(lines(faults))
  if (fails) throw new ConfigError(['--strict: warnings count as faults'])
  if (json) {
    printJson(maskConfig(config, reading.secrets))
    return
  }
  process.stdout.write(`${reading.file} is fine: apps ${config.apps.map(({ sdkAppId }) => sdkAppId).join(', ')}; `)
  process.stdout.write(`plugins ${ids.join(', ') || 'none'}; engine ${config.delivery.engine}\n`)
}

/** With --json a missing config is reported as a fault. */
async function read({ config, json }: CheckOptions): Promise<ConfigReading> {
  try {
    return await readChosenConfig(config)
  } catch (error) {
    if (json && error instanceof TimhookError) printJson({ faults: [{ message: error.message }], warnings: [] })
    throw error
  }
}

function described(faults: readonly Fault[], locate: Locate): object[] {
  return faults.map((fault) => {
    const { file, line, column } = fault.position ?? locate(fault.path, fault.at)
    return { file, ...(line > 0 && { line, column }), path: formatPath(fault.path), message: fault.message }
  })
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
