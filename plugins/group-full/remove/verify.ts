import type { Limit } from '../choose/limits.ts'
import type { Outcome } from '../report/outcome.ts'
import { needOf, readGroup } from '../choose/read-group.ts'
import { mark } from '../report/removed.ts'
import { call, type Run } from '../report/run-context.ts'

/** The most accounts in one call (intl 34963). */
const MAX_ROLES = 500

/** Checks who is really gone, since the answer to a removal does not say. */
export async function verify(run: Run, endedBy: Limit | undefined): Promise<Outcome> {
  const { record, store, place, options } = run
  const { requested } = record
  if (requested.length === 0) return nothingRequested(run, endedBy)
  const after = await readGroup(run)
  record.after = after
  const gone: string[] = []
  for (let start = 0; start < requested.length; start += MAX_ROLES) {
    const batch = requested.slice(start, start + MAX_ROLES)
    const { UserIdList } = await call(run, 'get_role_in_group', batch.length, (rest, options) =>
      rest.getRoleInGroup({ GroupId: place.group, User_Account: batch }, options),
    )
    gone.push(...UserIdList.filter(({ Role }) => Role === 'NotMember').map((entry) => entry.Member_Account))
  }
  record.confirmed = gone.length
  await mark(store, place, gone, { run: record.run, at: Date.now(), confirmed: true }, options.readmitGrace)
  const isEnough = gone.length >= (record.need ?? 0) || needOf(after, options.targetFree) <= 0
  return gone.length > 0 && isEnough ? 'removed' : 'partly-removed'
}

/** The daily limits are used up, or a member has left, or all chosen members have become protected. */
function nothingRequested({ record }: Run, endedBy: Limit | undefined): Outcome {
  if (endedBy) return 'limit-reached'
  if (record.dropped.length === 0) return 'already-has-room'
  record.why = 'all chosen members have become protected since'
  return 'nobody-eligible'
}
