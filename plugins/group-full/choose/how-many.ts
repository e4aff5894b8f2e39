import type { Options } from '../options.ts'

type Limits = Pick<Options, 'maxPerRun' | 'maxFraction'>

/** The facts that limit the removals that may still be requested. */
export interface Bounds {
  /** Members when the run began. */
  readonly members: number
  /** Requested so far in this run and in the one that it resumes. */
  readonly requested: number
  /** What is left of the daily limits. */
  readonly left: { readonly group: number; readonly app: number }
}

export type Limit = 'maxPerRun' | 'maxFraction' | 'maxPerGroupPerDay' | 'maxPerAppPerDay'

/** How many places should be free. */
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
  const [limit, allows] = all.reduce((least, entry) => (entry[1] < least[1] ? entry : least))
  return allows < need ? { allowed: Math.max(0, allows), limitedBy: limit } : { allowed: Math.max(0, need) }
}
