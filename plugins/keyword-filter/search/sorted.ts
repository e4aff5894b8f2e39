import type { Steps } from './pieces.ts'

/** Index of the first number, from index `from` on, that is not below `least`, by binary search; else the length. */
export function firstFrom(ascending: readonly number[], least: number, from: number, cost: Steps): number {
  let low = Math.max(0, from)
  let high = ascending.length
  while (low < high) {
    cost.steps++
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
