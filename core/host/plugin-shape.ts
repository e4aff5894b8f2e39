import { TimhookError } from '../errors.ts'
import { isObject } from '../lib/json.ts'
import { optionsFault } from './check-options.ts'
import { metricsFault, observersFault } from './observe-spec.ts'
import type { Plugin } from '../plugin.ts'
import { commands } from '../protocol/commands.ts'
import { covers } from '../registry.ts'
import { versionFault } from './import/version.ts'
import { suggestion } from '../lib/suggest.ts'

const KEYS = [
  'name',
  'timhook',
  'description',
  'options',
  'setup',
  'checkOptions',
  'handlers',
  'observe',
  'metrics',
  'close',
  'erase',
  'commands',
  'isolate',
]
const WILDCARDS = ['*', ...new Set([...commands.keys()].map((command) => command.replace(/\..*/, '.*')))]

/**
 * Returns the export of a module as a plugin.
 * @throws TimhookError PLUGIN_INVALID that says what is missing
 */
export function asPlugin(exported: unknown): Plugin {
  const expected = 'expected a plugin as default export: an object with `name` and `handlers`'
  if (!isObject(exported)) throw invalid(expected)
  const { name, handlers, options, observe, metrics, isolate } = exported
  const misspelt = misspeltKey(exported)
  if (misspelt !== undefined) throw invalid(misspelt)
  if (typeof name !== 'string' || name === '' || !isObject(handlers)) throw invalid(expected)
  for (const key of ['setup', 'checkOptions', 'close', 'erase'])
    if (exported[key] !== undefined && typeof exported[key] !== 'function')
      throw invalid(`plugin ${name}: ${key} is not a function`)
  const wrongVersion = versionFault(exported['timhook'])
  if (wrongVersion !== undefined) throw invalid(`plugin ${name}: ${wrongVersion}`)
  const noSchema = optionsFault(options)
  const fault = noSchema ?? observersFault(observe) ?? metricsFault(metrics) ?? isolateFault(isolate)
  if (fault !== undefined) throw invalid(`plugin ${name}: ${fault}`)
  return exported as unknown as Plugin
}

function isolateFault(isolate: unknown): string | undefined {
  if (isolate === undefined || isolate === 'worker' || isolate === 'process') return undefined
  return "isolate: expected 'worker' or 'process'"
}

function invalid(message: string): TimhookError {
  return new TimhookError('PLUGIN_INVALID', message)
}

/** Finds a key that looks like a misspelt key of ours that is absent. */
function misspeltKey(plugin: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of unknownKeys(plugin)) {
    const meant = suggestion(
      key,
      KEYS.filter((known) => !(known in plugin)),
    )
    const name = typeof plugin['name'] === 'string' ? `plugin ${plugin['name']}: ` : ''
    if (meant !== '') return `${name}unknown key ${JSON.stringify(key)}${meant}`
  }
  return undefined
}

function unknownKeys(plugin: object): string[] {
  return Object.keys(plugin).filter((key) => !KEYS.includes(key))
}

/** Returns possible mistakes in a plugin, one sentence each. */
export function pluginWarnings(plugin: Plugin): string[] {
  const keys = unknownKeys(plugin).map((key) => `has the key ${JSON.stringify(key)}, which means nothing here`)
  const patterns = Object.keys(plugin.handlers).flatMap((pattern) => unknownPattern(pattern) ?? [])
  return [...keys, ...patterns.map((unknown) => `handles ${unknown}`)].map((what) => `plugin ${plugin.name} ${what}`)
}

/** Returns why a pattern matches no known callback, or undefined if it matches one. */
export function unknownPattern(pattern: string): string | undefined {
  if ([...commands.keys()].some((command) => covers(pattern, command))) return undefined
  if (pattern.endsWith('*')) return `${pattern}, which covers no known callback${suggestion(pattern, WILDCARDS)}`
  return `${pattern}, which is not a known callback${suggestion(pattern, commands.keys())}`
}
