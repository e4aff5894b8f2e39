/** A figure over several windows: the median and the quartiles. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b)
  return { median: at(sorted, 0.5), low: at(sorted, 0.25), high: at(sorted, 0.75) }
}

/** Each figure divided by the other one of the same round. */
export function ratios(figures: readonly number[], measures: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (measures[round] ?? NaN))
}

function at(sorted: readonly number[], fraction: number): number {
  const place = (sorted.length - 1) * fraction
  const below = sorted[Math.floor(place)] ?? NaN
  return below + ((sorted[Math.ceil(place)] ?? NaN) - below) * (place - Math.floor(place))
}
