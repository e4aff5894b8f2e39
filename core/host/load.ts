import { parse } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Fault } from '../../config/faults.ts'
import { maskText } from '../../config/mask-text.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { type Examined, examine } from './examine.ts'
import { codeVersion } from './import/code-version.ts'
import { importFault } from './import/import-fault.ts'
import { manifestOf } from './import/manifest.ts'
import { importPlugin, type Notify, setupMsOf } from './import/import-plugin.ts'
import type { Plugin } from '../plugin.ts'
import { asPlugin } from './plugin-shape.ts'
import type { HandlerSpec, Isolation, Only } from '../registry.ts'
import { resolvePlugin } from './resolve.ts'

const MEMORY = 256 * 1024 ** 2
const CLOSE_MS = 5000
/** The id of the entry that `alerts` stands for. */
export const ALERTS_ID = 'alerts'
const ALERTS_INDEX = -1

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
  /** The state of its code on disk when it was loaded; undefined for a plugin that was passed as an object. */
  readonly code: string | undefined
  /** The version of its module's package; undefined if that has none. */
  readonly version: string | undefined
  /** The separate thread or process that it runs in, if any. */
  readonly isolation?: Isolation
}

/** Where a plugin runs, and the size of its JavaScript heap in bytes. */
export interface IsolationLevel {
  readonly level: 'worker' | 'process'
  readonly memory: number
}

/** Loads a plugin that is to run in a separate thread or process. @throws what its import throws */
export type LoadIsolated = (
  url: string,
  level: IsolationLevel,
  entry: PluginEntry,
  reading: ConfigReading,
) => Promise<Examined & { readonly isolation: Isolation }>

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

interface LoadDeps {
  readonly notify: Notify
  readonly isolated: LoadIsolated | undefined
}

/**
 * Loads the enabled plugins of a config, in its order. Adds to the secrets. Never throws, and waits for a module no
 * longer than its `setupTimeoutMs`.
 * @param isolated without it all plugins run in this process, whatever their `isolate` says
 */
export async function loadPlugins(
  reading: ConfigReading,
  notify: Notify = toStderr,
  isolated?: LoadIsolated,
): Promise<Loading> {
  const disabled: string[] = []
  for (const entry of reading.plugins)
    if (!entry.enabled) disabled.push(await idOfDisabled(entry, reading, { notify, isolated }))
  const loading: Loading = { plugins: [], disabled, faults: [], warnings: [] }
  const ids = new Set<string>()
  for (const entry of [...reading.plugins, ...alertsEntry(reading)].filter(({ enabled }) => enabled)) {
    const plugin = await loadOne(entry, reading, loading, { notify, isolated })
    if (!plugin) continue
    if (ids.has(plugin.id)) {
      const path = ['plugins', entry.index, entry.id === undefined ? 'use' : 'id']
      loading.faults.push({ path, message: `a second plugin with the id "${plugin.id}"; give one of them another id` })
    }
    ids.add(plugin.id)
    loading.plugins.push(plugin)
  }
  return { ...loading, faults: loading.faults.map(placed) }
}

/** `alerts: { url, … }` is short for an entry of the plugin notify. */
function alertsEntry({ config }: ConfigReading): PluginEntry[] {
  const { url, format, signingSecret } = config?.alerts ?? {}
  if (url === undefined) return []
  const options = { url, format, ...(signingSecret !== undefined && { signingSecret }) }
  return [{ use: 'notify', id: ALERTS_ID, enabled: true, options, index: ALERTS_INDEX }]
}

/** Names `alerts` as the place of an error in the entry that it stands for. */
function placed(fault: Fault): Fault {
  const [, index, , ...inside] = fault.path
  return index === ALERTS_INDEX ? { ...fault, path: ['alerts', ...inside] } : fault
}

/** A disabled plugin may be broken. Then its id is guessed from the name of its package or file. */
async function idOfDisabled(entry: PluginEntry, reading: ConfigReading, deps: LoadDeps): Promise<string> {
  const { id, use } = entry
  if (id !== undefined) return id
  try {
    const file = typeof use === 'string' ? await resolvePlugin(use, reading.folder) : undefined
    return (await examineIn(file, entry, reading, deps)).plugin.name
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
  deps: LoadDeps,
): Promise<LoadedPlugin | undefined> {
  const { use } = entry
  let file: string | undefined
  let examined: ExaminedThere
  try {
    file = typeof use === 'string' ? await resolvePlugin(use, reading.folder) : undefined
    examined = await examineIn(file, entry, reading, deps)
  } catch (error) {
    const message = maskText(await importFault(error, file), reading.secrets)
    loading.faults.push({ path: ['plugins', entry.index, 'use'], message })
    return undefined
  }
  loading.faults.push(...examined.faults, ...objectFault(entry))
  loading.warnings.push(...examined.warnings)
  const { plugin, options, specs, isolation } = examined
  const { apps, ...others } = entry.only ?? {}
  const path = file && fileURLToPath(file)
  return {
    id: entry.id ?? plugin.name,
    plugin,
    file: path,
    code: path === undefined ? undefined : codeVersion(path),
    version: path === undefined ? undefined : versionIn(path),
    options,
    specs,
    only: { ...others, ...(apps && { apps: apps.map(Number) }) },
    limits: limitsOf(entry),
    ...(isolation && { isolation }),
  }
}

function versionIn(file: string): string | undefined {
  const version = manifestOf(file)?.['version']
  return typeof version === 'string' ? version : undefined
}

export function limitsOf(entry: PluginEntry): PluginLimits {
  return { setupMs: setupMsOf(entry), closeMs: entry.closeTimeoutMs ?? CLOSE_MS }
}

type ExaminedThere = Examined & { readonly isolation?: Isolation }

/** Loads a plugin and checks it, in a separate thread or process if it is to run there. */
async function examineIn(
  file: string | undefined,
  entry: PluginEntry,
  reading: ConfigReading,
  { notify, isolated }: LoadDeps,
): Promise<ExaminedThere> {
  const level = levelOf(entry)
  if (level && isolated && file !== undefined) return isolated(file, level, entry, reading)
  const plugin = asPlugin(file === undefined ? entry.use : await importPlugin(file, entry, notify))
  const own = entry.isolate === undefined ? plugin.isolate : undefined
  if (own === undefined || !isolated || file === undefined) return examine(plugin, entry, reading)
  return isolated(file, { level: own, memory: MEMORY }, entry, reading)
}

/** The level in the entry, which overrides the plugin's. */
function levelOf({ isolate }: PluginEntry): IsolationLevel | undefined {
  if (isolate === undefined || isolate === 'none') return undefined
  return typeof isolate === 'string' ? { level: isolate, memory: MEMORY } : isolate
}

/** A thread or process imports a module. It cannot be given an object. */
function objectFault(entry: PluginEntry): Fault[] {
  if (typeof entry.use === 'string' || !levelOf(entry)) return []
  const message = 'a plugin given as an object runs here; give its package or path as `use` to isolate it'
  return [{ path: ['plugins', entry.index, 'isolate'], message }]
}
