import type { Options } from '../options.ts'

type Limits = Pick<Options, 'maxPerRun' | 'maxFraction'>

/** The facts that limit further removals. */
export interface Bounds {
  /** Members when the run began. */
  readonly members: number
  /** Removals requested so far, in this run and the one that it resumes. */
  readonly requested: number
  /** What is left of the daily limits. */
  readonly left: { readonly group: number; readonly app: number }
}

export type Limit = 'maxPerRun' | 'maxFraction' | 'maxPerGroupPerDay' | 'maxPerAppPerDay'

/** Returns how many places should be free. */
export function targetFree(wanted: number | string, cap: number): number {
  const share = typeof wanted === 'string' ? Math.ceil((Number.parseFloat(wanted) / 100) * cap) : wanted
  return Math.min(cap, Math.max(1, share))
}

/** Returns how many further removals may be requested, and the strictest limit if that is fewer than needed. */
export function allowedRemovals(need: number, limits: Limits, bounds: Bounds): { allowed: number; limitedBy?: Limit } {
  const { members, requested, left } = bounds
  const fraction = limits.maxFraction > 0 ? Math.max(1, Math.floor(limits.maxFraction * members)) : 0
  const all: [limit: Limit, allows: number][] = [
    ['maxPerRun', limits.maxPerRun - requested],
    ['maxFraction', fraction - requested],
    ['maxPerGroupPerDay', left.group],
    ['maxPerAppPerDay', left.app],
  ]
  const [limit, allows] = all.reduce((strictest, entry) => (entry[1] < strictest[1] ? entry : strictest))
  return allows < need ? { allowed: Math.max(0, allows), limitedBy: limit } : { allowed: Math.max(0, need) }
}
