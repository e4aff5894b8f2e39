import { join } from 'node:path'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import { folderWith, run, type Ended } from '../../harness/cli.ts'
import { apps, serve as serveWith, type TestServer } from '../../harness/server.ts'

/** A folder with a config, a server that works on its store, and the commands that look into it. */
export interface Stored {
  readonly cwd: string
  readonly serve: (plugins: PluginInput[]) => Promise<TestServer>
  readonly timhook: (...args: string[]) => Promise<Ended>
}

/** @param plugins YAML of the config's `plugins`, and more files */
export async function stored(plugins = '[]', files: Record<string, string> = {}): Promise<Stored> {
  const config = `apps: ${JSON.stringify(apps)}\nplugins: ${plugins}\n`
  const cwd = await folderWith({ 'config/plugins.yaml': config, ...files })
  const delivery = { engine: 'sqlite', sqlite: { file: join(cwd, 'data', 'timhook.db') } } as const
  return {
    cwd,
    serve: (plugins) => serveWith({ delivery, plugins }),
    timhook: (...args) => run(args, { cwd }),
  }
}

/** The lines of a print. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter(Boolean)
}

/** JSON lines. */
export function jsonOf(text: string): Record<string, unknown>[] {
  return linesOf(text).map((line) => JSON.parse(line) as Record<string, unknown>)
}
