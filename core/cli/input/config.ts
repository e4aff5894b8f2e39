import { ConfigError, formatFault } from '../../../config/faults.ts'
import { findConfig } from '../../../config/read/find.ts'
import { readConfig } from '../../../config/read/read.ts'
import type { ConfigReading } from '../../../config/read/reading.ts'
import type { Config } from '../../../config/schema/schema.ts'

/** Reads the config of a command. Faults are in the reading. @throws TimhookError CONFIG_NOT_FOUND */
export async function readChosenConfig(file: string | undefined): Promise<ConfigReading> {
  const cwd = process.cwd()
  return readConfig(findConfig(file, cwd), { env: process.env, cwd })
}

/** Reads the config of a command that needs no plugin. @throws ConfigError for its faults, TimhookError CONFIG_NOT_FOUND */
export async function readValidConfig(file: string | undefined): Promise<Config> {
  const { config, faults, locate } = await readChosenConfig(file)
  if (!config) throw new ConfigError(faults.map((fault) => formatFault(fault, locate)))
  return config
}
