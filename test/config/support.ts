import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatFault, type Fault, type Locate } from '../../config/faults.ts'
import { readConfig } from '../../config/read/read.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import type { Config } from '../../config/schema/schema.ts'
import type { Awaitable } from '../../core/lib/completion.ts'

type Env = Record<string, string | undefined>

/** The smallest config that can be used. */
export const MINIMAL = 'apps: [{ sdkAppId: 1400000000, unsigned: true }]\n'

/** Runs in a folder of its own, which is gone afterwards. */
export async function inFolder<T>(
  files: Record<string, string | Uint8Array>,
  run: (folder: string) => Awaitable<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'timhook-config-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    return await run(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Reads a config of this text, as the file `name` of the working directory. */
export function read(
  text: string | Uint8Array,
  { env = {}, name = 'c.yaml', files = {} }: ReadOptions = {},
): Promise<ConfigReading> {
  return inFolder({ ...files, [name]: text }, (cwd) => readConfig(name, { env, cwd }))
}

interface ReadOptions {
  env?: Env
  name?: string
  files?: Record<string, string | Uint8Array>
}

/** The faults of a reading as they print. */
export function lines({ faults, locate }: { faults: Fault[]; locate: Locate }): string[] {
  return faults.map((fault) => formatFault(fault, locate))
}

/** The faults of a config of this text, as they print. */
export async function faultsOf(text: string | Uint8Array, options?: ReadOptions): Promise<string[]> {
  return lines(await read(text, options))
}

/** The config that a text gives; fails with its faults when it has any. */
export async function configOf(text: string, options?: ReadOptions): Promise<Config> {
  const reading = await read(text, options)
  if (reading.config === undefined) throw new Error(lines(reading).join('\n'))
  return reading.config
}
