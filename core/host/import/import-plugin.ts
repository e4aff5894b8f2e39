import type { PluginEntry } from '../../../config/sections/plugins.ts'
import { TimhookError } from '../../errors.ts'
import { isObject } from '../../lib/json.ts'
import { NOTICE_MS, TimeoutError, withNotice } from '../../lib/timeout.ts'

const SETUP_MS = 60_000

/** Shows a line to the operator at once. */
export type Notify = (line: string) => void

/** How long the loading of a plugin may take, and its setup, milliseconds. */
export function setupMsOf({ setupTimeoutMs = SETUP_MS }: PluginEntry): number {
  return setupTimeoutMs
}

/**
 * Imports the module of a plugin and returns its default export.
 * @throws what the import throws; TimhookError PLUGIN_INVALID if there is no default export, or not in time
 */
export async function importPlugin(url: string, entry: PluginEntry, notify: Notify): Promise<unknown> {
  const name = typeof entry.use === 'string' ? `plugin ${entry.use}` : 'a plugin'
  const setupTimeoutMs = setupMsOf(entry)
  const imported = import(url) as Promise<{ default?: unknown }>
  const module = await withNotice(imported, setupTimeoutMs, () =>
    notify(`${name} still loads after ${NOTICE_MS / 1000} s: an await at its top level has not settled`),
  ).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error
    const late = `an await at its top level did not settle within setupTimeoutMs, ${setupTimeoutMs} ms`
    throw new TimhookError('PLUGIN_INVALID', late)
  })
  return defaultExport(module)
}

/**
 * Returns the default export of a plugin's module, of CommonJS also where that is compiled.
 * @throws TimhookError PLUGIN_INVALID if there is none, with what is exported in its place
 */
export function defaultExport(module: { readonly default?: unknown }): unknown {
  // Compiled CommonJS wraps its default export twice.
  const exported = module.default
  const plugin = isObject(exported) && exported['__esModule'] === true ? exported['default'] : exported
  if (plugin === undefined) throw new TimhookError('PLUGIN_INVALID', noDefault(module, 'export default'))
  // The default export of CommonJS is its exports: a plugin among them is exported by name.
  if (isObject(plugin) && !('handlers' in plugin) && pluginName(plugin) !== undefined) {
    throw new TimhookError('PLUGIN_INVALID', noDefault(plugin, 'module.exports ='))
  }
  return plugin
}

/** The name under which these exports include a plugin. */
function pluginName(exports: object): string | undefined {
  return Object.entries(exports).find(([, value]) => isObject(value) && 'handlers' in value)?.[0]
}

function noDefault(exports: object, write: string): string {
  const expected = 'expected a plugin as default export: an object with `name` and `handlers`'
  if ('handlers' in exports) return `${expected}; it exports these one by one: write \`${write} { name, handlers }\``
  const name = pluginName(exports)
  return name === undefined ? expected : `${expected}; it exports one as ${name}: write \`${write} ${name}\``
}
