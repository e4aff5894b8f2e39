import { type GroupMember, RestError } from 'timhook/plugin'
import { factsFor } from '../choose/choose.ts'
import { type Candidate, judge } from '../choose/eligible.ts'
import { filterOf } from '../choose/list-members.ts'
import { present } from '../choose/presence.ts'
import type { Snapshot } from '../report/snapshot.ts'
import type { RunRecord } from '../report/record.ts'
import { call, type Run } from '../report/run-context.ts'

/** The most accounts in one call (intl 64897, 34963). */
const MAX_NAMED = 50
const MAX_ROLES = 500

type Why = RunRecord['dropped'][number]['why']

/**
 * Reads the chosen members again, and returns those who may still be removed. Records the others with the reason.
 * @param unsure accounts whose removal was sent and may have worked. Such a member may have rejoined, and is not removed
 * if the join time cannot be read
 */
export async function reCheck(
  run: Run,
  group: Snapshot,
  chosen: readonly Candidate[],
  unsure: ReadonlySet<string>,
): Promise<Candidate[]> {
  const reasons = (await byMembers(run, group, chosen)) ?? (await byRoles(run, chosen, unsure))
  for (const [account, why] of reasons) {
    // The earlier removal has worked.
    if (why === 'gone' && unsure.has(account)) continue
    run.record.dropped.push({ account, why })
  }
  return chosen.filter(({ account }) => !reasons.has(account))
}

/** Returns the reasons by account; undefined if the deployment does not know the command. */
async function byMembers(
  run: Run,
  group: Snapshot,
  chosen: readonly Candidate[],
): Promise<Map<string, Why> | undefined> {
  const found = new Map<string, GroupMember>()
  for (let start = 0; start < chosen.length; start += MAX_NAMED) {
    const accounts = accountsOf(chosen.slice(start, start + MAX_NAMED))
    try {
      const { MemberList } = await call(run, 'get_specified_group_member_info', accounts.length, (rest, options) =>
        rest.getSpecifiedGroupMemberInfo(
          { GroupId: run.place.group, Member_List_Account: accounts, ...filterOf(run) },
          options,
        ),
      )
      for (const member of MemberList) found.set(member.Member_Account, member)
    } catch (error) {
      if (error instanceof RestError && (error.errorCode === 10003 || error.errorCode === 60009)) return undefined
      throw error
    }
  }
  const facts = await factsFor(run, group)
  const here = await present(run, accountsOf(chosen))
  const reasons = new Map<string, Why>()
  for (const before of chosen) {
    const { account } = before
    const member = found.get(account)
    const why = here.has(account) ? 'online' : member ? changed(before, judge(member, facts), member) : 'gone'
    if (why) reasons.set(account, why)
  }
  return reasons
}

function changed(before: Candidate, now: Candidate | string, member: GroupMember): Why | undefined {
  if (member.JoinTime !== before.joinTime) return 'rejoined'
  if (member.LastSendMsgTime !== before.lastSendMsgTime) return 'spoke'
  return typeof now === 'string' ? (now as Why) : undefined
}

/** The fallback, which only reads roles. */
async function byRoles(run: Run, chosen: readonly Candidate[], unsure: ReadonlySet<string>): Promise<Map<string, Why>> {
  const roles = new Map<string, string>()
  for (let start = 0; start < chosen.length; start += MAX_ROLES) {
    const accounts = accountsOf(chosen.slice(start, start + MAX_ROLES))
    const { UserIdList } = await call(run, 'get_role_in_group', accounts.length, (rest, options) =>
      rest.getRoleInGroup({ GroupId: run.place.group, User_Account: accounts }, options),
    )
    for (const { Member_Account: account, Role: role } of UserIdList) roles.set(account, role)
  }
  const here = await present(run, accountsOf(chosen))
  return new Map(
    chosen.flatMap(({ account }): [string, Why][] => {
      const role = roles.get(account)
      if (role === undefined || role === 'NotMember') return [[account, 'gone']]
      if (role !== 'Member') return [[account, 'role']]
      if (here.has(account)) return [[account, 'online']]
      return unsure.has(account) ? [[account, 'unsure']] : []
    }),
  )
}

function accountsOf(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ account }) => account)
}
