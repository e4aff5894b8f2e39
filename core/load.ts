import { checkValue } from '../config/check.ts'
import type { Fault } from '../config/faults.ts'
import { collectSecrets } from '../config/mask.ts'
import type { ConfigReading } from '../config/reading.ts'
import type { PluginEntry } from '../config/sections/plugins.ts'
import { commandFaults } from './command-spec.ts'
import { describeError } from './errors.ts'
import { handlerSpecs, onFailureFault } from './handler-spec.ts'
import { isObject } from './json.ts'
import type { Plugin, Type } from './plugin.ts'
import { commands } from './protocol/commands.ts'
import type { HandlerSpec } from './registry.ts'
import { resolvePlugin } from './resolve.ts'
import { suggestion } from './suggest.ts'

/** A plugin of the config: found, and with options that its schema accepts. */
export interface LoadedPlugin {
  readonly id: string
  readonly plugin: Plugin
  readonly options: unknown
  readonly specs: ReadonlyMap<string, HandlerSpec>
  readonly only: { readonly apps?: readonly number[]; readonly commands?: readonly string[] }
}

export interface Loading {
  readonly plugins: LoadedPlugin[]
  readonly faults: Fault[]
  readonly warnings: Fault[]
}

const NO_OPTIONS: Type.TSchema = { type: 'object', properties: {} }

/** Loads the plugins of a config, in its order, disabled ones left out. Adds to the reading's secrets. Never throws. */
export async function loadPlugins(reading: ConfigReading): Promise<Loading> {
  const loading: Loading = { plugins: [], faults: [], warnings: [] }
  const ids = new Set<string>()
  for (const entry of reading.plugins.filter(({ enabled }) => enabled)) {
    const plugin = await loadOne(entry, reading, loading)
    if (!plugin) continue
    if (ids.has(plugin.id)) {
      const path = ['plugins', entry.index, entry.id === undefined ? 'use' : 'id']
      loading.faults.push({ path, message: `a second plugin with the id "${plugin.id}"; give one of them another id` })
    }
    ids.add(plugin.id)
    loading.plugins.push(plugin)
  }
  return loading
}

async function loadOne(
  entry: PluginEntry,
  reading: ConfigReading,
  loading: Loading,
): Promise<LoadedPlugin | undefined> {
  const at = ['plugins', entry.index]
  const fault = (key: string, message: string): undefined => {
    loading.faults.push({ path: [...at, key], message })
  }
  let plugin: Plugin
  try {
    plugin = asPlugin(typeof entry.use === 'string' ? await importPlugin(entry.use, reading.folder) : entry.use)
  } catch (error) {
    return fault('use', describeError(error).replaceAll('\n ', ';'))
  }
  const { specs, faults } = handlerSpecs(plugin.handlers, entry)
  const id = entry.id ?? plugin.name
  for (const message of [...faults, ...commandFaults(id, plugin.commands)]) {
    fault('use', `plugin ${plugin.name}: ${message}`)
  }
  for (const pattern of specs.keys()) {
    const message = `plugin ${plugin.name} handles ${pattern}, which is no callback known here${suggestion(pattern, commands.keys())}`
    if (!pattern.endsWith('*') && !commands.has(pattern)) loading.warnings.push({ path: [...at, 'use'], message })
    const { onFailure } = entry
    // Only before-callbacks have a verdict: an entry's onFailure leaves the plugin's after-callbacks alone.
    const wrong = onFailure && commands.get(pattern)?.phase !== 'after' && onFailureFault(pattern, onFailure)
    if (wrong) fault('onFailure', wrong)
  }
  const schema = plugin.options ?? NO_OPTIONS
  collectSecrets(schema, entry.options, reading.secrets)
  const path = [...at, 'options']
  const checked = checkValue(schema, entry.options, { path, isInterpolated: reading.isInterpolated })
  loading.faults.push(...checked.faults)
  const { apps, commands: patterns } = entry.only ?? {}
  const only = { ...(apps && { apps: apps.map(Number) }), ...(patterns && { commands: patterns }) }
  return { id, plugin, options: checked.value, specs, only }
}

async function importPlugin(use: string, folder: string): Promise<unknown> {
  const module = (await import(await resolvePlugin(use, folder))) as { default?: unknown }
  // CommonJS written by a compiler wraps its default export once more.
  const exported = module.default
  return isObject(exported) && exported['__esModule'] === true ? exported['default'] : exported
}

function asPlugin(exported: unknown): Plugin {
  const expected = 'expected a plugin as default export: an object with `name` and `handlers`'
  if (!isObject(exported)) throw new TypeError(expected)
  const { name, handlers, setup, close, options } = exported
  if (typeof name !== 'string' || name === '' || !isObject(handlers)) throw new TypeError(expected)
  if (setup !== undefined && typeof setup !== 'function') throw new TypeError(`plugin ${name}: setup is no function`)
  if (close !== undefined && typeof close !== 'function') throw new TypeError(`plugin ${name}: close is no function`)
  if (options !== undefined && !isObject(options)) throw new TypeError(`plugin ${name}: options is no schema`)
  return exported as unknown as Plugin
}
