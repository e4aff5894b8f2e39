import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../../config/faults.ts'
import { maskText } from '../../config/mask-text.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { commandFaults } from './command-spec.ts'
import { TimhookError } from '../errors.ts'
import { handlerSpecs, onFailureFault } from './handler-spec.ts'
import { isObject } from '../lib/json.ts'
import { onlyWarnings } from './only-spec.ts'
import { checkOptions } from './check-options.ts'
import type { Plugin } from '../plugin.ts'
import { asPlugin, pluginWarnings } from './plugin-shape.ts'
import { commands } from '../protocol/commands.ts'
import type { HandlerSpec, Only } from '../registry.ts'
import { resolvePlugin } from './resolve.ts'
import { importFault } from './import/import-fault.ts'
import { NOTICE_MS, TimeoutError, withNotice } from '../lib/timeout.ts'
import { reasonOf } from '../observe/loggable-error.ts'

const SETUP_MS = 60_000
const CLOSE_MS = 5000

/** A plugin of the config that was found and whose options are valid. */
export interface LoadedPlugin {
  readonly id: string
  readonly plugin: Plugin
  /** The file of its module; undefined for a plugin that was passed as an object. */
  readonly file: string | undefined
  readonly options: unknown
  readonly specs: ReadonlyMap<string, HandlerSpec>
  readonly only: Only
  readonly limits: PluginLimits
}

/** Limits of a plugin's `setup` and `close`, milliseconds. */
export interface PluginLimits {
  readonly setupMs: number
  readonly closeMs: number
}

export interface Loading {
  readonly plugins: LoadedPlugin[]
  /** The ids of entries with `enabled: false`. */
  readonly disabled: readonly string[]
  readonly faults: Fault[]
  readonly warnings: Fault[]
}

/** Shows a line to the operator at once. */
export type Notify = (line: string) => void

/**
 * Loads the enabled plugins of a config, in its order. Adds to the secrets. Never throws, and waits for a module no
 * longer than its `setupTimeoutMs`.
 */
export async function loadPlugins(reading: ConfigReading, notify: Notify = toStderr): Promise<Loading> {
  const disabled: string[] = []
  for (const entry of reading.plugins) if (!entry.enabled) disabled.push(await idOfDisabled(entry, reading, notify))
  const loading: Loading = { plugins: [], disabled, faults: [], warnings: [] }
  const ids = new Set<string>()
  for (const entry of [...reading.plugins, ...alertsEntry(reading)].filter(({ enabled }) => enabled)) {
    const plugin = await loadOne(entry, reading, loading, notify)
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

/** `alerts: { url, … }` is short for an entry of the plugin notify. */
function alertsEntry({ config, plugins }: ConfigReading): PluginEntry[] {
  const { url, format, signingSecret } = config?.alerts ?? {}
  if (url === undefined) return []
  const options = { url, format, ...(signingSecret !== undefined && { signingSecret }) }
  return [{ use: 'notify', id: 'alerts', enabled: true, options, index: plugins.length }]
}

/** A disabled plugin may be broken. Then its id is guessed from the name of its package or file. */
async function idOfDisabled(entry: PluginEntry, { folder }: ConfigReading, notify: Notify): Promise<string> {
  const { id, use } = entry
  if (id !== undefined) return id
  try {
    return asPlugin(typeof use === 'string' ? await importPlugin(await resolvePlugin(use, folder), entry, notify) : use)
      .name
  } catch {
    return parse(typeof use === 'string' ? use : '').name.replace(/^timhook-plugin-/, '')
  }
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function loadOne(
  entry: PluginEntry,
  reading: ConfigReading,
  loading: Loading,
  notify: Notify,
): Promise<LoadedPlugin | undefined> {
  const at = ['plugins', entry.index]
  const fault = (key: string, message: string): undefined => {
    loading.faults.push({ path: [...at, key], message })
  }
  const { use } = entry
  let plugin: Plugin
  let file: string | undefined
  try {
    file = typeof use === 'string' ? await resolvePlugin(use, reading.folder) : undefined
    plugin = asPlugin(file === undefined ? use : await importPlugin(file, entry, notify))
  } catch (error) {
    return fault('use', maskText(await importFault(error, file), reading.secrets))
  }
  const checked = await checkOptions(plugin.options, entry, reading)
  const options = checked.faults.length === 0 ? { value: checked.value } : undefined
  const { specs, faults } = handlerSpecs(plugin.handlers, entry, options)
  const id = entry.id ?? plugin.name
  for (const message of [...faults, ...commandFaults(id, plugin.commands)]) {
    fault('use', `plugin ${plugin.name}: ${message}`)
  }
  for (const message of pluginWarnings(plugin)) loading.warnings.push({ path: [...at, 'use'], message })
  for (const pattern of specs.keys()) {
    const { onFailure } = entry
    // Only before-callbacks have a verdict: an entry's onFailure does not apply to after-callbacks.
    const wrong = onFailure && commands.get(pattern)?.phase !== 'after' && onFailureFault(pattern, onFailure)
    if (wrong) fault('onFailure', wrong)
  }
  loading.faults.push(...checked.faults)
  const { apps, ...others } = entry.only ?? {}
  for (const { index, message } of onlyWarnings(others.commands ?? [], {
    name: plugin.name,
    handles: [...specs.keys()],
  })) {
    loading.warnings.push({ path: [...at, 'only', 'commands', index], message })
  }
  try {
    if (options) plugin.checkOptions?.(options.value)
  } catch (error) {
    fault('options', maskText(error instanceof Error ? error.message : reasonOf(error), reading.secrets))
  }
  const only: Only = { ...others, ...(apps && { apps: apps.map(Number) }) }
  const limits = { setupMs: setupMsOf(entry), closeMs: entry.closeTimeoutMs ?? CLOSE_MS }
  return { id, plugin, file: file && fileURLToPath(file), options: checked.value, specs, only, limits }
}

function setupMsOf({ setupTimeoutMs = SETUP_MS }: PluginEntry): number {
  return setupTimeoutMs
}

async function importPlugin(url: string, entry: PluginEntry, notify: Notify): Promise<unknown> {
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
  // Compiled CommonJS wraps its default export twice.
  const exported = module.default
  const plugin = isObject(exported) && exported['__esModule'] === true ? exported['default'] : exported
  if (plugin === undefined) throw new TimhookError('PLUGIN_INVALID', noDefault(module))
  return plugin
}

function noDefault(module: object): string {
  const expected = 'expected a plugin as default export: an object with `name` and `handlers`'
  const [name] = Object.entries(module).flatMap(([key, value]) => (isObject(value) && 'handlers' in value ? [key] : []))
  return name === undefined ? expected : `${expected}; it exports one as ${name}: write \`export default ${name}\``
}
