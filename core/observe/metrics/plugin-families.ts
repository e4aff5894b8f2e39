import { family, type Family, type Labels } from './family.ts'

/** A counter that a plugin declares under `metrics`, with the numbers of one entry of the config. */
export interface PluginCount {
  /** The id of the entry, and the plugin's own name: several entries may run one plugin. */
  readonly id: string
  readonly plugin: string
  readonly name: string
  readonly help: string
  readonly series: ReadonlyMap<string, { readonly labels: Labels; readonly value: number }>
}

/**
 * The metrics of plugins, as `timhook_plugin_NAME_x`, with the id of the entry as label. To Prometheus a name without
 * `_total` is not a counter, so such a metric is untyped.
 */
export function pluginFamilies(counters: readonly PluginCount[]): Family[] {
  const byName = new Map<string, Family>()
  for (const { id, plugin, name, help, series } of counters) {
    const full = `timhook_plugin_${wordOf(plugin)}_${name}`
    const own = [...series.values()].map(({ labels, value }): [Labels, number] => [{ ...labels, plugin: id }, value])
    const before = byName.get(full)?.samples ?? []
    const { samples } = family('counter', full, help, own)
    byName.set(full, {
      name: full,
      type: full.endsWith('_total') ? 'counter' : 'untyped',
      help: byName.get(full)?.help ?? help,
      samples: [...before, ...samples],
    })
  }
  return [...byName.values()]
}

/** A plugin, the state of its circuit breaker, and that of its thread or process if it has one. */
export interface ObservedPlugin {
  readonly id: string
  readonly circuit?: { readonly isOpen: boolean | undefined }
  readonly isolation?: { readonly health: () => { readonly state: string; readonly restarts: number } }
}

/** Which plugins have an open circuit breaker. A plugin that never reported one has no sample. */
export function circuitFamily(plugins: readonly ObservedPlugin[]): Family {
  return family(
    'gauge',
    'timhook_plugin_circuit_open',
    '1 while a plugin leaves a target alone that keeps failing; none if it never did.',
    plugins.map(({ id, circuit }) => [
      { plugin: id },
      circuit?.isOpen === undefined ? undefined : Number(circuit.isOpen),
    ]),
    'max',
  )
}

/** The states of the threads and processes of plugins. */
export function isolationFamilies(plugins: readonly ObservedPlugin[]): Family[] {
  const all = plugins.flatMap(({ id, isolation }) => (isolation ? [{ plugin: id, ...isolation.health() }] : []))
  return [
    family(
      'counter',
      'timhook_plugin_restarts_total',
      'Times that the thread or process of a plugin was started again after it had ended.',
      all.map(({ plugin, restarts }) => [{ plugin }, restarts]),
    ),
    family(
      'gauge',
      'timhook_plugin_parked',
      '1 if the thread or process of a plugin has ended too often, and is started again rarely.',
      all.map(({ plugin, state }) => [{ plugin }, state === 'parked' ? 1 : 0]),
    ),
  ]
}

/** A package name as part of a metric's name. */
function wordOf(plugin: string): string {
  return plugin.replace(/^@?(?:.*\/)?(?:timhook-plugin-)?/, '').replaceAll(/[^a-zA-Z0-9_]/g, '_') || '_'
}
