/** A figure of several windows: the middle one, and where the middle half of them lies. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((one, other) => one - other)
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75) }
}

/** Each figure by that of the same round. */
export function ratios(figures: readonly number[], measures: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (measures[round] ?? NaN))
}

function at(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] ?? NaN
  return below + ((sorted[Math.ceil(place)] ?? NaN) - below) * (place - Math.floor(place))
}
