import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Fault } from '../faults.ts'
import { importConfig, isModule } from './import-config.ts'
import { toReading, type ConfigReading, type RawConfig } from './reading.ts'
import type { ConfigInput } from '../schema/schema.ts'
import { parseYaml } from './yaml.ts'

type Env = Readonly<Record<string, string | undefined>>

const MAX_BYTES = 1024 * 1024

/**
 * Reads and checks a config file: YAML 1.2 (and so JSON), or a module whose default export is the config. It never
 * throws: all errors are in the reading's faults.
 */
export async function readConfig(file: string, { env, cwd }: { env: Env; cwd: string }): Promise<ConfigReading> {
  const path = resolve(cwd, file)
  const name = displayName(path, cwd)
  const place = { file: name, folder: dirname(path) }
  const raw = isModule(path)
    ? { ...(await importConfig(path)), isText: false, locate: without(name) }
    : await readText(path, name)
  return toReading({ ...raw, ...place }, env)
}

/**
 * Checks a config given as an object. Its faults have paths and no lines.
 * @param file - the module it came from: relative paths start from its folder (else from the working directory), and
 * faults name it (else `config`)
 */
export function checkConfig(input: ConfigInput, { env, file }: { env: Env; file?: string }): ConfigReading {
  const cwd = process.cwd()
  const name = file === undefined ? 'config' : displayName(resolve(file), cwd)
  const folder = file === undefined ? cwd : dirname(resolve(file))
  return toReading({ file: name, folder, value: input ?? null, faults: [], locate: without(name), isText: false }, env)
}

async function readText(path: string, name: string): Promise<Omit<RawConfig, 'file' | 'folder'>> {
  const failed = (message: string): Omit<RawConfig, 'file' | 'folder'> => {
    const faults: Fault[] = [{ path: [], message }]
    return { value: undefined, faults, isText: true, locate: without(name) }
  }
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    return failed(
      `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'})`,
    )
  }
  if (bytes.length > MAX_BYTES) return failed('is larger than 1 MiB; expected a config')
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return failed('is not UTF-8 text; save it in that encoding')
  }
  const parsed = parseYaml(text, name)
  if (parsed.faults.length === 0 && parsed.value === null)
    return failed('is empty; expected at least apps (`timhook init` writes a sample)')
  return { ...parsed, isText: true }
}

/** The path relative to the working directory; the absolute path outside of it. */
function displayName(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? path : inside
}

function without(file: string): () => { file: string; line: number; column: number } {
  return () => ({ file, line: 0, column: 0 })
}
