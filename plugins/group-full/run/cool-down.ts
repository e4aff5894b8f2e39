import type { Store } from 'timhook/plugin'
import { keys, type Place } from '../report/keys.ts'
import type { Options } from '../options.ts'
import type { Outcome } from '../report/outcome.ts'
import type { RunRecord } from '../report/record.ts'

const DAY_MS = 86_400_000

/** Returns the cool-down of a group after a run, in milliseconds. It keeps many reports from causing many listings. */
export function cooldownAfter(
  { outcome, candidates }: Pick<RunRecord, 'outcome' | 'candidates'>,
  options: Pick<Options, 'cooldown' | 'cooldownWhenNobody'>,
): number {
  // If there were candidates, there may soon be more.
  const isNobody = outcome === 'nobody-eligible' && (candidates?.count ?? 0) === 0
  if (isNobody) return Math.max(options.cooldown, options.cooldownWhenNobody)
  return outcome === 'refused' ? DAY_MS : options.cooldown
}

/** Starts the cool-down of a group. */
export async function coolDown(store: Store, place: Place, ms: number, outcome: Outcome): Promise<void> {
  if (ms > 0) await store.set(keys.cooldown(place), { until: Date.now() + ms, outcome }, { ttlMs: ms })
}

export async function isCoolingDown(store: Store, place: Place): Promise<boolean> {
  return (await store.get(keys.cooldown(place))) !== undefined
}
