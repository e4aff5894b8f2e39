import { pathToFileURL } from 'node:url'
import type { Fault } from './faults.ts'
import { maskUrls } from './mask-text.ts'

/** Whether a config file is a module, by its name. */
export function isModule(file: string): boolean {
  return /\.[cm]?[jt]s$/i.test(file)
}

/** The default export of a config module (an absolute path), or a fault that names the cause. Never throws. */
export async function importConfig(file: string): Promise<{ value: unknown; faults: Fault[] }> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown }
    if (typeof module.default === 'object' && module.default !== null) return { value: module.default, faults: [] }
    return failed('expected a default export that is a config: export default defineConfig({ … })')
  } catch (error) {
    const cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return failed(`cannot be imported (${maskUrls(cause.split('\n')[0] ?? '')})`)
  }
}

function failed(message: string): { value: undefined; faults: Fault[] } {
  return { value: undefined, faults: [{ path: [], message }] }
}
