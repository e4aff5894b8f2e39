/** The labels of a sample; every value comes from a bounded set. */
export type Labels = Readonly<Record<string, string | number>>

/** A sample of a family. `suffix` is one of `_bucket`, `_sum` and `_count` in a histogram, otherwise absent. */
export interface Sample {
  readonly suffix?: string
  readonly labels: Labels
  readonly value: number
}

/** A metric with all its samples, as plain data: workers send it to the first process. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'untyped'
  readonly help: string
  readonly samples: readonly Sample[]
  /** How to combine the values of several processes. Default: their sum. */
  readonly merge?: 'max' | 'min'
}

/** A counter or gauge. Sample order is kept. */
export function family(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  samples: readonly (readonly [labels: Labels, value: number | undefined])[],
  merge?: 'max' | 'min',
): Family {
  const known = samples.flatMap(([labels, value]) => (value === undefined ? [] : [{ labels, value }]))
  return { name, type, help, samples: known, ...(merge && { merge }) }
}

/** Adds up the families of several processes. Names and labels stay in the order in which they first came. */
export function mergeFamilies(processes: readonly (readonly Family[])[]): Family[] {
  const merged = new Map<string, { family: Family; samples: Map<string, Sample> }>()
  for (const family of processes.flat()) {
    const one = merged.get(family.name) ?? { family, samples: new Map<string, Sample>() }
    merged.set(family.name, one)
    for (const sample of family.samples) {
      const key = keyOf(sample)
      const before = one.samples.get(key)
      one.samples.set(key, before ? { ...sample, value: combined(before.value, sample.value, family.merge) } : sample)
    }
  }
  return [...merged.values()].map(({ family, samples }) => ({ ...family, samples: [...samples.values()] }))
}

/** The counters of a process that has ended, without its gauges. */
export function countersOf(families: readonly Family[]): Family[] {
  return families.filter(({ type }) => type !== 'gauge')
}

function keyOf({ suffix = '', labels }: Sample): string {
  return JSON.stringify([suffix, labels])
}

function combined(a: number, b: number, merge: Family['merge']): number {
  if (merge === 'max') return Math.max(a, b)
  return merge === 'min' ? Math.min(a, b) : a + b
}

/** The text format of Prometheus, version 0.0.4. Families without samples are left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const lines = samples.map(
        ({ suffix = '', labels, value }) => `${name}${suffix}${textOf(labels)} ${numberOf(value)}`,
      )
      return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
    })
    .join('')
}

function textOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeValue(String(value))}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`)
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', String.raw`\"`)
}

function numberOf(value: number): string {
  if (value === Infinity) return '+Inf'
  return value === -Infinity ? '-Inf' : String(value)
}
