import { findConfig } from '../../config/find.ts'
import { readConfig } from '../../config/read.ts'
import type { ConfigReading } from '../../config/reading.ts'

/** Reads the config that a command works with. Throws CONFIG_NOT_FOUND; faults are in the reading. */
export async function readChosenConfig(file: string | undefined): Promise<ConfigReading> {
  const cwd = process.cwd()
  return readConfig(findConfig(file, cwd), { env: process.env, cwd })
}
