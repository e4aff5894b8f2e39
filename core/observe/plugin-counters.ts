/** A metric of a plugin. */
export interface PluginMetric {
  readonly type: 'counter'
  /** What it counts, in one sentence. */
  readonly help: string
  /** The labels, each with all of its values: a label without bounds would make a scrape endless. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
}

export type PluginMetrics = Readonly<Record<string, PluginMetric>>

/** Adds `by` (default 1). What the plugin has not declared is not counted, but logged once. */
export type Count = (name: string, labels?: Readonly<Record<string, string>>, by?: number) => void

/** The state of one metric: one number for each combination of label values that has been counted. */
export interface PluginCounter extends PluginMetric {
  /** The id of the config entry, and the plugin's own name: several entries may run one plugin. */
  readonly id: string
  readonly plugin: string
  readonly name: string
  readonly series: ReadonlyMap<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }>
}

interface Counter extends PluginCounter {
  readonly series: Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>
}

/** The counters of all plugins. Entries of a changed plugin keep their numbers. */
export class PluginCounters {
  readonly #counters = new Map<string, Counter>()

  /** @param onUndeclared called once for each mistake in calls of the result, with a sentence */
  define(
    { id, plugin }: { id: string; plugin: string },
    metrics: PluginMetrics,
    onUndeclared: (fault: string) => void,
  ): Count {
    const own = new Map<string, Counter>()
    for (const [name, metric] of Object.entries(metrics)) {
      const key = `${id} ${name}`
      const counter = { ...metric, id, plugin, name, series: this.#counters.get(key)?.series ?? new Map() }
      this.#counters.set(key, counter)
      own.set(name, counter)
    }
    const reported = new Set<string>()
    return (name, labels = {}, by = 1) => {
      const counter = own.get(name)
      const fault = counter ? faultOf(counter, labels, by) : `count: the plugin's metrics have no "${name}"`
      if (!counter || fault !== undefined) {
        const line = fault ?? ''
        if (!reported.has(line) && reported.size < MAX_REPORTED) onUndeclared(line)
        reported.add(line)
        return
      }
      const key = Object.keys(counter.labels ?? {})
        .map((label) => labels[label])
        .join('\n')
      const series = counter.series.get(key)
      if (series) series.value += by
      else counter.series.set(key, { labels: { ...labels }, value: by })
    }
  }

  /** All counters, in the order in which they were declared. */
  list(): PluginCounter[] {
    return [...this.#counters.values()]
  }
}

const MAX_REPORTED = 100

function faultOf(
  { name, labels = {} }: Counter,
  given: Readonly<Record<string, string>>,
  by: number,
): string | undefined {
  if (!Number.isFinite(by) || by < 0) return `count: ${name} counts up, by a number`
  const unknown = Object.keys(given).find((label) => !Object.hasOwn(labels, label))
  if (unknown !== undefined) return `count: ${name} has no label "${unknown}"`
  const wrong = Object.keys(labels).find((label) => !labels[label]?.includes(given[label] ?? ''))
  return wrong === undefined
    ? undefined
    : `count: ${name} needs the label ${wrong}, one of ${labels[wrong]?.join(', ')}`
}
