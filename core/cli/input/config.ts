import { ConfigError, formatFault } from '../../../config/faults.ts'
import { findConfig } from '../../../config/read/find.ts'
import { readConfig } from '../../../config/read/read.ts'
import type { ConfigReading } from '../../../config/read/reading.ts'
import type { Config } from '../../../config/schema/schema.ts'

/** Reads the config that a command works with. Throws CONFIG_NOT_FOUND; faults are in the reading. */
export async function readChosenConfig(file: string | undefined): Promise<ConfigReading> {
  const cwd = process.cwd()
  return readConfig(findConfig(file, cwd), { env: process.env, cwd })
}

/** The config for a command that needs none of its plugins. Throws ConfigError with its faults, or CONFIG_NOT_FOUND. */
export async function readFineConfig(file: string | undefined): Promise<Config> {
  const { config, faults, locate } = await readChosenConfig(file)
  if (!config) throw new ConfigError(faults.map((fault) => formatFault(fault, locate)))
  return config
}
