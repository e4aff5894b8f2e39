import { stat } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { causeOf } from '../cause.ts'
import type { Fault } from '../faults.ts'

/** Timeout for loading a config module. */
const LIMIT_MS = 10_000

/** Whether a config file is a module, by its name. */
export function isModule(file: string): boolean {
  return /\.[cm]?[jt]s$/i.test(file)
}

/**
 * The default export of a config module (an absolute path), or a fault that names the cause. Never throws.
 * @param limitMs how long to wait for it, in milliseconds
 */
export async function importConfig(file: string, limitMs = LIMIT_MS): Promise<{ value: unknown; faults: Fault[] }> {
  try {
    const module = await settled(import(await urlOf(file)) as Promise<{ default?: unknown }>, limitMs)
    if (module === undefined) return failed('an await at the top level of the module does not end')
    if (typeof module.default === 'object' && module.default !== null) return { value: module.default, faults: [] }
    return failed('expected a default export that is a config: export default defineConfig({ … })')
  } catch (error) {
    return failed(`cannot be imported (${causeOf(error)})`)
  }
}

/** When the file of each URL that was imported had last changed, milliseconds since 1970. */
const imported = new Map<string, number>()

/** Node imports each URL once. A file that has changed since gets a new URL, but its own imports do not. */
async function urlOf(file: string): Promise<string> {
  const url = pathToFileURL(file).href
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }))
  const first = imported.get(url)
  if (first === undefined) imported.set(url, mtimeMs)
  return first === undefined || first === mtimeMs ? url : `${url}?changed=${mtimeMs}`
}

/**
 * The module, or undefined after `limitMs`. Also undefined once nothing can settle its await any more: Node would end the
 * process then, with status 13.
 */
async function settled<T>(importing: Promise<T>, limitMs: number): Promise<T | undefined> {
  let giveUp = (): void => undefined
  const endless = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)))
  const timer = setTimeout(giveUp, limitMs).unref()
  process.once('beforeExit', giveUp)
  try {
    return await Promise.race([importing, endless])
  } finally {
    clearTimeout(timer)
    process.off('beforeExit', giveUp)
  }
}

function failed(message: string): { value: undefined; faults: Fault[] } {
  return { value: undefined, faults: [{ path: [], message }] }
}
