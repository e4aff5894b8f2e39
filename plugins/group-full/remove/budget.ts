import type { Store } from 'timhook/plugin'
import { keys, type Place } from '../report/keys.ts'
import type { Options } from '../options.ts'

type Limits = Pick<Options, 'maxPerGroupPerDay' | 'maxPerAppPerDay'>

interface Used {
  readonly day: string
  readonly count: number
}

/** Returns how many removals may still be requested today (UTC) in a group and in its app. `now` is milliseconds since 1970. */
export async function leftToday(
  store: Store,
  place: Place,
  limits: Limits,
  now: number,
): Promise<{ group: number; app: number }> {
  const group = usedOn(await store.get(keys.usedByGroup(place)), dayOf(now))
  const app = usedOn(await store.get(keys.usedByApp(place.app)), dayOf(now))
  return { group: limits.maxPerGroupPerDay - group.count, app: limits.maxPerAppPerDay - app.count }
}

/**
 * Counts removals before they are requested, and returns how many of them the daily limits allow. The count is on disk by
 * then, so a crash loses none of it.
 */
export async function count(store: Store, place: Place, limits: Limits, want: number, now: number): Promise<number> {
  const inApp = await take(store, keys.usedByApp(place.app), { limit: limits.maxPerAppPerDay, want, now })
  return take(store, keys.usedByGroup(place), { limit: limits.maxPerGroupPerDay, want: inApp, now })
}

async function take(store: Store, key: string, request: { limit: number; want: number; now: number }): Promise<number> {
  let granted = 0
  await store.update(key, (value): Used => {
    const used = usedOn(value, dayOf(request.now))
    granted = Math.max(0, Math.min(request.want, request.limit - used.count))
    return { day: used.day, count: used.count + granted }
  })
  return granted
}

/** A day in the future comes from a wrong clock. Its count is valid until that day has passed. */
function usedOn(value: unknown, today: string): Used {
  const used = value as Used | undefined
  return used !== undefined && used.day >= today ? used : { day: today, count: 0 }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
