import { readStored, type Stored } from '../partition/entry.ts'
import type { Arrival } from '../partition/arrival.ts'
import type { PartitionLease } from '../partition/partition-lease.ts'
import type { Place } from '../partition/cursor.ts'

/** An entry in the reply of TAKE, with what is stored of it. */
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

/** The reply of TAKE for one partition. */
export type TakenPart = readonly [
  n: string,
  isOwned: 0 | 1,
  hasMore: 0 | 1,
  cursor: string,
  tail: string,
  dueInMs: number,
  /** The entries that exceed `maxBacklog`. */
  over: readonly string[],
  /** Entries. One that this process has buffered comes as its number alone. */
  entries: readonly (string | TakenEntry)[],
]

/** A callback to deliver to a plugin. */
export interface Item extends Stored {
  readonly lease: PartitionLease
  readonly entry: string
  /** Its place in the cursor; undefined for an entry that was pending when it was read. */
  readonly place: Place | undefined
  readonly received: Arrival['received'] | undefined
  readonly attempt: number
  readonly resends: number
  /** Until then it does not run but keeps its key; on the clock of `performance.now()`, 0 if it does not wait. */
  readonly heldUntil: number
  /** How many times in a row a process crashed while this suspect ran. */
  readonly crashCount: number
  /** Whether the last of these crashes was only just found. */
  readonly isNewCrash: boolean
  /** Whether it may have been running when a process crashed. */
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
