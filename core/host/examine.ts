import type { Fault } from '../../config/faults.ts'
import { maskText } from '../../config/mask-text.ts'
import type { ConfigReading } from '../../config/read/reading.ts'
import { isWhole } from '../../config/schema/objects.ts'
import type { PluginEntry } from '../../config/sections/plugins.ts'
import { reasonOf } from '../observe/loggable-error.ts'
import type { Plugin } from '../plugin.ts'
import { commands } from '../protocol/commands.ts'
import { covers, type HandlerSpec } from '../registry.ts'
import { checkOptions } from './check-options.ts'
import { commandFaults } from './command-spec.ts'
import { handlerSpecs, onFailureFault } from './handler-spec.ts'
import { pluginWarnings, unknownPattern } from './plugin-shape.ts'

/** A plugin with its entry of the config, and what is wrong with them. */
export interface Examined {
  readonly plugin: Plugin
  /** Checked, with defaults. */
  readonly options: unknown
  readonly specs: ReadonlyMap<string, HandlerSpec>
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

/** Checks a plugin, its handlers and its options. Adds to the secrets. */
export async function examine(
  plugin: Plugin,
  entry: PluginEntry,
  reading: Pick<ConfigReading, 'isInterpolated' | 'secrets'>,
): Promise<Examined> {
  const at = ['plugins', entry.index]
  const found: Fault[] = []
  const checked = await checkOptions(plugin.options, entry, reading)
  // A variable that is not set was already reported when reading, and leaves a hole in the options.
  const isGood = checked.faults.length === 0 && isWhole(checked.value)
  const options = isGood ? { value: checked.value } : undefined
  const { specs, faults } = handlerSpecs({ ...plugin.handlers }, entry, options)
  for (const message of [...faults, ...commandFaults(entry.id ?? plugin.name, plugin.commands)]) {
    found.push({ path: [...at, 'use'], message: `plugin ${plugin.name}: ${message}` })
  }
  for (const pattern of specs.keys()) {
    const { onFailure } = entry
    // Only before-callbacks have a verdict: an entry's onFailure does not apply to after-callbacks.
    const wrong = onFailure && commands.get(pattern)?.phase !== 'after' && onFailureFault(pattern, onFailure)
    if (wrong) found.push({ path: [...at, 'onFailure'], message: wrong })
  }
  found.push(...checked.faults)
  try {
    if (options) plugin.checkOptions?.(options.value)
  } catch (error) {
    const message = maskText(error instanceof Error ? error.message : reasonOf(error), reading.secrets)
    found.push({ path: [...at, 'options'], message })
  }
  const ofPlugin = pluginWarnings(plugin).map((message) => ({ path: [...at, 'use'], message }))
  const ofOnly = onlyWarnings(entry.only?.commands ?? [], { name: plugin.name, handles: [...specs.keys()] })
  const warnings = [
    ...ofPlugin,
    ...ofOnly.map(({ index, message }) => ({ path: [...at, 'only', 'commands', index], message })),
  ]
  return { plugin, options: checked.value, specs, faults: found, warnings }
}

/** Returns a warning for each pattern of `only.commands` that matches no handler of the plugin, or is unknown. */
function onlyWarnings(
  patterns: readonly string[],
  { name, handles }: { name: string; handles: readonly string[] },
): { index: number; message: string }[] {
  return patterns.flatMap((pattern, index) => {
    const unknown = unknownPattern(pattern)
    if (unknown !== undefined) return [{ index, message: `names ${unknown}` }]
    // If two patterns overlap, one covers the other.
    if (handles.some((handled) => covers(pattern, handled) || covers(handled, pattern))) return []
    return [{ index, message: `gives plugin ${name} nothing: it handles ${handles.join(', ') || 'no callback'}` }]
  })
}
