import { type Stored, storedOf } from './entry.ts'
import type { Share } from './share.ts'

/** An entry of TAKE's reply. */
export type TakenEntry = readonly [
  entry: string,
  attempt: string,
  holdMs: number,
  deaths: string,
  resends: string,
  wasPending: 0 | 1,
  fields: readonly string[],
]

/** What TAKE gives of a partition. */
export type TakenPart = readonly [
  n: string,
  isOwned: 0 | 1,
  hasMore: 0 | 1,
  cursor: string,
  dueInMs: number,
  buried: readonly string[],
  entries: readonly TakenEntry[],
]

/** One that a plugin is to get. */
export interface Item extends Stored {
  readonly share: Share
  readonly entry: string
  readonly attempt: number
  readonly resends: number
  /** Until when it only holds up its key, on the clock of `performance.now()`. */
  readonly heldUntil: number
  /** How often a process has died over it, as far as that was noted. */
  readonly deaths: number
  /** It may have been under way when a process died. */
  readonly inDoubt: boolean
}

export function itemOf(share: Share, taken: TakenEntry): Item {
  const [entry, attempt, holdMs, deaths, resends, wasPending, fields] = taken
  const stored = storedOf(fields)
  const isConcerned = wasPending === 1 && share.concerns(stored.key, holdMs > 0)
  return {
    ...stored,
    share,
    entry,
    attempt: Number(attempt),
    resends: Number(resends),
    heldUntil: performance.now() + holdMs,
    deaths: Number(deaths),
    inDoubt: isConcerned || Number(deaths) > 0,
  }
}
