import { checkValue, type CheckContext } from './check.ts'
import type { Fault } from '../faults.ts'
import { getKey, isPlainObject, setKey } from '../schema/objects.ts'
import { PluginSchema, type PluginEntry } from '../sections/plugins.ts'

/** The entries of a config's plugin list that can be used for checking their options, without their faulty keys. */
export function usableEntries(config: unknown, faults: readonly Fault[], context: CheckContext): PluginEntry[] {
  const plugins = getKey(config, 'plugins')
  if (!Array.isArray(plugins)) return []
  const faultyKeys = new Map<unknown, Set<unknown>>()
  for (const { path } of faults) {
    const [section, index, key] = path
    // Where a `${…}` in the options has no value, the other options are still checked.
    if (section !== 'plugins' || (key === 'options' && path.length > 3)) continue
    const keys = faultyKeys.get(index) ?? new Set()
    faultyKeys.set(index, keys.add(key))
  }
  return plugins.flatMap((plugin: unknown, index): PluginEntry[] => {
    if (!isPlainObject(plugin)) return []
    const faulty = faultyKeys.get(index) ?? new Set()
    if (faulty.has('use') || faulty.has('options')) return []
    const entry = {}
    for (const [key, value] of Object.entries(plugin)) if (!faulty.has(key)) setKey(entry, key, value)
    const checked = checkValue(PluginSchema, entry, { ...context, path: ['plugins', index] })
    return checked.faults.length > 0 ? [] : [{ ...(checked.value as Omit<PluginEntry, 'index'>), index }]
  })
}
