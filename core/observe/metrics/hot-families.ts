import type { Phase } from '../../protocol/define.ts'
import type { Counts, Histogram } from '../counts.ts'
import { family, type Family, type Labels, type Sample } from './family.ts'

const PHASES: readonly Phase[] = ['before', 'after']

/** The families of what is counted on the hot path. */
export function hotFamilies(counts: Counts): Family[] {
  return [
    family('counter', 'timhook_callbacks_total', 'Callbacks by outcome. unstored: answered 503.', callbacks(counts)),
    histogram(
      'timhook_answer_seconds',
      'Time from the arrival of a callback to its answer.',
      PHASES.map((phase) => [{ phase }, counts.answers[phase]]),
    ),
    histogram('timhook_store_seconds', 'Time until a callback was durable.', [[{}, counts.store]]),
    histogram(
      'timhook_handler_seconds',
      'Duration of handler calls, failed ones included.',
      [...counts.handlers].map(([plugin, { seconds }]) => [{ plugin }, seconds]),
    ),
    family(
      'counter',
      'timhook_verdicts_total',
      'What the handlers of before-callbacks returned. none: no objection.',
      [...counts.handlers].flatMap(([plugin, { verdicts }]) =>
        Object.entries(verdicts).flatMap(([outcome, count]): [Labels, number][] =>
          count > 0 ? [[{ plugin, outcome }, count]] : [],
        ),
      ),
    ),
  ]
}

/** How many callbacks were answered 200. */
export function answeredCount({ callbacks }: Counts): number {
  let sum = 0
  for (const phase of PHASES)
    for (const byCommand of callbacks[phase].values())
      for (const { allow, reject, drop } of byCommand.values()) sum += allow + reject + drop
  return sum
}

function callbacks({ callbacks: byPhase }: Counts): [Labels, number][] {
  return PHASES.flatMap((phase) =>
    [...byPhase[phase]].flatMap(([app, byCommand]) =>
      [...byCommand].flatMap(([command, outcomes]) =>
        Object.entries(outcomes).flatMap(([outcome, count]): [Labels, number][] =>
          count > 0 ? [[{ app, command, phase, outcome }, count]] : [],
        ),
      ),
    ),
  )
}

function histogram(name: string, help: string, all: readonly (readonly [Labels, Histogram])[]): Family {
  const samples = all.flatMap(([labels, { bounds, counts, sum }]): Sample[] => {
    let total = 0
    const buckets = counts.map((count, index) => {
      total += count
      return { suffix: '_bucket', labels: { ...labels, le: String(bounds[index] ?? '+Inf') }, value: total }
    })
    return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }]
  })
  return { name, type: 'histogram', help, samples }
}
