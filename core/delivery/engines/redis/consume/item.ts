import { readStored, type Stored } from '../partition/entry.ts'
import type { Arrival } from '../partition/arrival.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Place } from '../partition/cursor.ts'

/** An entry of TAKE's reply, and what is stored of it. */
export type TakenEntry = readonly [
  entry: string,
  attempt: string,
  delayMs: number,
  crashCount: string,
  resends: string,
  origin: 'new' | 'due' | 'pending',
  about: string,
  raw: string,
]

/** What TAKE gives of a partition. */
export type TakenPart = readonly [
  n: string,
  isOwned: 0 | 1,
  hasMore: 0 | 1,
  cursor: string,
  tail: string,
  dueInMs: number,
  /** Those of the entries that are over `maxBacklog`. */
  over: readonly string[],
  /** Those whose callbacks are at hand by their number alone. */
  entries: readonly (string | TakenEntry)[],
]

/** One that a plugin is to get. */
export interface Item extends Stored {
  readonly lease: PartitionLease
  readonly entry: string
  /** Of one that was not pending when it was given. */
  readonly place: Place | undefined
  readonly received: Arrival['received'] | undefined
  readonly attempt: number
  readonly resends: number
  /** Until when it only holds up its key, on the clock of `performance.now()`; 0 where it does not. */
  readonly heldUntil: number
  /** How often a process has died over it in a row, as a suspect. */
  readonly crashCount: number
  /** The last one of them has just been found. */
  readonly isNewCrash: boolean
  /** It may have been under way when a process died. */
  readonly isSuspect: boolean
}

export function itemOf(lease: PartitionLease, taken: TakenEntry, place: Place | undefined): Item {
  const [entry, attempt, delayMs, crashCount, resends, origin, about, raw] = taken
  const { callback, key, maybeResend } = readStored(about, raw)
  const isSuspect =
    (origin === 'pending' || (origin === 'new' && lease.predates(entry))) && lease.takeSuspect(key, delayMs > 0)
  return {
    lease,
    entry,
    place,
    callback,
    key,
    maybeResend,
    received: undefined,
    attempt: Number(attempt),
    resends: Number(resends),
    heldUntil: delayMs > 0 ? performance.now() + delayMs : 0,
    crashCount: Math.abs(Number(crashCount)),
    isNewCrash: Number(crashCount) > 0,
    isSuspect: isSuspect || Number(crashCount) !== 0,
  }
}

export function arrivedItem(lease: PartitionLease, arrival: Arrival, place: Place): Item {
  const { entry, callback, key, maybeResend, received } = arrival
  return {
    lease,
    entry,
    place,
    callback,
    key,
    maybeResend,
    received,
    attempt: 1,
    resends: 0,
    heldUntil: 0,
    crashCount: 0,
    isNewCrash: false,
    isSuspect: false,
  }
}
