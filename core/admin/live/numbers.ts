import type { Family, Sample } from '../../observe/metrics/family.ts'

/** The metrics that the page shows: counters since the start, and what waits now. */
export interface Numbers {
  /** Answered callbacks. */
  readonly callbacks: number
  readonly refused: number
  readonly deadLetters: number
  /** Answer times: the upper bounds in milliseconds, and how many were up to each; the last bound is infinite. */
  readonly bounds: readonly number[]
  readonly answers: readonly number[]
  readonly backlog: number
}

/** Reads the numbers of all processes together. */
export function numbersOf(families: readonly Family[]): Numbers {
  const samples = (name: string): readonly Sample[] => families.find((family) => family.name === name)?.samples ?? []
  const sum = (name: string, isCounted: (sample: Sample) => boolean = () => true): number =>
    samples(name).reduce((total, sample) => total + (isCounted(sample) ? sample.value : 0), 0)
  const byBound = new Map<number, number>()
  for (const { suffix, labels, value } of samples('timhook_answer_seconds')) {
    if (suffix !== '_bucket') continue
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']) * 1000
    byBound.set(bound, (byBound.get(bound) ?? 0) + value)
  }
  return {
    callbacks: sum('timhook_callbacks_total', ({ labels }) => labels['outcome'] !== 'unstored'),
    refused: sum('timhook_requests_total', ({ labels }) => labels['status'] !== 200),
    deadLetters: sum('timhook_dead_letters_total', ({ labels }) => labels['plugin'] !== 'none'),
    bounds: [...byBound.keys()],
    answers: [...byBound.values()],
    backlog: sum('timhook_backlog'),
  }
}

/** What happened between two readings. Counts can go down when a process ends. */
export function difference(from: Numbers | undefined, to: Numbers): Numbers {
  if (!from) return to
  const less = (a: number, b: number): number => Math.max(0, a - b)
  return {
    ...to,
    callbacks: less(to.callbacks, from.callbacks),
    refused: less(to.refused, from.refused),
    deadLetters: less(to.deadLetters, from.deadLetters),
    answers: to.answers.map((count, index) => less(count, from.answers[index] ?? 0)),
  }
}

/** Merges two steps. */
export function together(first: Numbers | undefined, second: Numbers): Numbers {
  if (!first) return second
  return {
    ...second,
    callbacks: first.callbacks + second.callbacks,
    refused: first.refused + second.refused,
    deadLetters: first.deadLetters + second.deadLetters,
    answers: second.answers.map((count, index) => count + (first.answers[index] ?? 0)),
  }
}

/**
 * The answer time that a share of the callbacks did not exceed, milliseconds, interpolated within its bucket; null without
 * callbacks. Above the last bound it is that bound.
 */
export function quantile({ bounds, answers }: Numbers, share: number): number | null {
  const total = answers.at(-1) ?? 0
  if (total === 0) return null
  const rank = share * total
  const index = answers.findIndex((count) => count >= rank)
  const [low, high] = [bounds[index - 1] ?? 0, bounds[index] ?? Infinity]
  if (high === Infinity) return low
  const below = answers[index - 1] ?? 0
  const within = (answers[index] ?? 0) - below
  const value = low + (high - low) * (within === 0 ? 1 : (rank - below) / within)
  return Math.round(value * 100) / 100
}
