import type { Options } from '../options.ts'

type Limits = Pick<Options, 'maxPerRun' | 'maxFraction'>

/** What bounds the removals that may still be requested. */
export interface Bounds {
  /** Members when the run began. */
  readonly members: number
  /** Requested in this run so far, and by what it takes up. */
  readonly requested: number
  /** Left of the day's. */
  readonly left: { readonly group: number; readonly app: number }
}

export type Limit = 'maxPerRun' | 'maxFraction' | 'maxPerGroupPerDay' | 'maxPerAppPerDay'

/** How many places are to be free. */
export function targetFree(wanted: number | string, cap: number): number {
  const share = typeof wanted === 'string' ? Math.ceil((Number.parseFloat(wanted) / 100) * cap) : wanted
  return Math.min(cap, Math.max(1, share))
}

/** How many further removals may be requested, and the limit that allows the fewest where that is less than needed. */
export function howMany(need: number, limits: Limits, bounds: Bounds): { allowed: number; limitedBy?: Limit } {
  const { members, requested, left } = bounds
  const fraction = limits.maxFraction > 0 ? Math.max(1, Math.floor(limits.maxFraction * members)) : 0
  const all: [limit: Limit, allows: number][] = [
    ['maxPerRun', limits.maxPerRun - requested],
    ['maxFraction', fraction - requested],
    ['maxPerGroupPerDay', left.group],
    ['maxPerAppPerDay', left.app],
  ]
  const [limit, allows] = all.reduce((least, one) => (one[1] < least[1] ? one : least))
  return allows < need ? { allowed: Math.max(0, allows), limitedBy: limit } : { allowed: Math.max(0, need) }
}
