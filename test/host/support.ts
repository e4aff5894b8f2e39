import { join } from 'node:path'
import { ConfigError } from '../../config/faults.ts'
import { readConfig } from '../../config/read/read.ts'
import { prepare, type Prepared } from '../../core/runtime.ts'
import { folderWith } from '../harness/cli.ts'

/** Reads a config that uses these plugins, in a folder of its own with these files, and loads them. */
export async function prepared(
  files: Record<string, string>,
  plugins: string,
  env: Record<string, string> = {},
): Promise<Prepared> {
  const cwd = await folderWith({
    ...files,
    'plugins.yaml': `apps: [{ sdkAppId: 1, unsigned: true }]\nplugins:\n${plugins}`,
  })
  return prepare(await readConfig(join(cwd, 'plugins.yaml'), { env, cwd }))
}

/** The faults of such a config, one a line; empty where it has none. */
export async function faultsOf(
  files: Record<string, string>,
  plugins: string,
  env: Record<string, string> = {},
): Promise<string> {
  try {
    await prepared(files, plugins, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  return ''
}
