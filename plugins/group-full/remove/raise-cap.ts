import { RestError } from 'timhook/plugin'
import { keys } from '../report/keys.ts'
import type { Snapshot } from '../report/snapshot.ts'
import { call, type Run } from '../report/run-context.ts'

const PLAN_FORBIDS = 10038
const REMEMBERED_MS = 7 * 86_400_000

/** Raises the group's cap if the options say so and the plan has not rejected it before. Returns whether it was raised. */
export async function raiseCap({ cap }: Snapshot, run: Run): Promise<boolean> {
  const { options, store, place } = run
  const { raiseCapTo } = options
  if (raiseCapTo === undefined || raiseCapTo <= cap) return false
  const forbidden = await store.get(keys.capRefused(place.app))
  if (typeof forbidden === 'number' && raiseCapTo >= forbidden) return false
  try {
    await call(run, 'modify_group_base_info', 1, (rest, options) =>
      rest.modifyGroupBaseInfo({ GroupId: place.group, MaxMemberNum: raiseCapTo }, options),
    )
    return true
  } catch (error) {
    if (!(error instanceof RestError) || error.errorCode !== PLAN_FORBIDS) throw error
    await store.set(keys.capRefused(place.app), raiseCapTo, { ttlMs: REMEMBERED_MS })
    return false
  }
}
