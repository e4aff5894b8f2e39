import type { Store } from 'timhook/plugin'
import { keys, type Place } from './keys.ts'
import { hashOf } from './record.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** A removal that was requested. */
export interface Mark {
  readonly run: string
  /** Milliseconds since 1970; just before the call. */
  readonly at: number
  /** Whether a check confirmed that the account is no longer a member. */
  readonly confirmed: boolean
}

/** Stores removals before they are requested, and again when they are confirmed. */
export async function mark(
  store: Store,
  place: Place,
  accounts: readonly string[],
  removal: Mark,
  readmitGrace: number,
): Promise<void> {
  // Long enough to recognise the callbacks that the removal causes, even without a grace period.
  const ttlMs = Math.max(readmitGrace, HOUR_MS)
  await Promise.all(
    accounts.map((account) => store.set(keys.removed(place, hashOf(place.app, account)), removal, { ttlMs })),
  )
}

/**
 * Returns the removal of an account that the plugin requested within the last `readmitGrace` (at least an hour). A
 * `Group.CallbackAfterMemberExit` for such an account is the effect of that removal.
 */
export async function wasRemoved(store: Store, place: Place, account: string): Promise<Mark | undefined> {
  return (await store.get(keys.removed(place, hashOf(place.app, account)))) as Mark | undefined
}

/**
 * Creates the test whether a member was removed and is back, so that nobody is removed over and over. An unconfirmed
 * removal may have had no effect: a member who joined more than a day before it never left, however clocks differ.
 */
export async function readmitted(
  store: Store,
  place: Place,
  { readmitGrace, now }: { readmitGrace: number; now: number },
): Promise<(account: string, joinTime: number) => boolean> {
  const prefix = keys.removedFrom(place)
  const marks = new Map((await store.list(prefix)).map(({ key, value }) => [key, value as Mark]))
  return (account, joinTime) => {
    const found = marks.get(keys.removed(place, hashOf(place.app, account)))
    if (!found || now - found.at >= readmitGrace) return false
    return found.confirmed || joinTime * 1000 > found.at - DAY_MS
  }
}
