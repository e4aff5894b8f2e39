import { type GroupMember, RestError } from 'timhook/plugin'
import type { Snapshot } from '../report/snapshot.ts'
import { call, pause, type Run } from '../report/run-context.ts'

const TOO_MUCH = new Set([10018, 10054])
const RANKS = ['Member', 'Admin', 'Owner']

/** The members, page by page. They are no snapshot: some may be missing. Each account is there once. */
export async function listMembers(run: Run, { type, cap }: Snapshot): Promise<GroupMember[]> {
  const { pagesPerSecond } = run.options
  const members = new Map<string, GroupMember>()
  let limit = run.options.pageSize
  let offset = 0
  let next = ''
  // A server that ignores Offset would list the same page for ever.
  let pagesLeft = Math.ceil(cap / limit) + 2
  while (pagesLeft > 0) {
    const place = type === 'Community' ? { Next: next } : { Offset: offset }
    const page = await pageOf(run, { ...place, Limit: limit })
    if (page === 'too-much') {
      limit = Math.ceil(limit / 2)
      pagesLeft = Math.ceil((cap - members.size) / limit) + 2
      continue
    }
    pagesLeft--
    const { MemberList, MemberNum, Next = '' } = page
    const known = members.size
    for (const member of MemberList) add(members, member)
    offset += MemberList.length
    next = Next
    if (MemberList.length === 0 || members.size === known) break
    if (type === 'Community' ? next === '' : MemberList.length < limit || offset >= MemberNum) break
    await pause(1000 / pagesPerSecond, run.signal)
  }
  return [...members.values()]
}

type Where = { Limit: number; Offset?: number; Next?: string }

async function pageOf(run: Run, where: Where) {
  try {
    return await call(run, 'get_group_member_info', where.Limit, (rest, options) =>
      rest.getGroupMemberInfo({ GroupId: run.place.group, ...where, ...filterOf(run) }, options),
    )
  } catch (error) {
    const isTooMuch = error instanceof RestError && TOO_MUCH.has(error.errorCode ?? 0)
    if (isTooMuch && where.Limit > 1) return 'too-much' as const
    throw error
  }
}

/** What is asked of members: no filter by role, so that owner and admins are seen and can be protected. */
export function filterOf({ options }: Run) {
  const fields = ['Role', 'JoinTime', 'LastSendMsgTime', 'MsgSeq'] as const
  const keys = options.protectedByData
  return {
    MemberInfoFilter: options.skipOnline ? ([...fields, 'OnlineStatus'] as const) : fields,
    ...(keys.length > 0 && { AppDefinedDataFilter_GroupMember: keys }),
  }
}

/** Two copies of one member become the one that protects most. */
function add(members: Map<string, GroupMember>, member: GroupMember): void {
  const { Member_Account: account } = member
  const other = members.get(account)
  members.set(account, other ? merged(other, member) : member)
}

function merged(one: GroupMember, other: GroupMember): GroupMember {
  const rankOf = ({ Role }: GroupMember): number => {
    const rank = RANKS.indexOf(Role ?? '')
    return rank < 0 ? RANKS.length : rank
  }
  const { JoinTime: _join, LastSendMsgTime: _sent, MsgSeq: _read, ...rest } = rankOf(one) >= rankOf(other) ? one : other
  return {
    ...rest,
    ...latest(one, other, 'JoinTime'),
    ...latest(one, other, 'LastSendMsgTime'),
    ...latest(one, other, 'MsgSeq'),
  }
}

type Field = 'JoinTime' | 'LastSendMsgTime' | 'MsgSeq'

/** A field that one of the copies lacks is unknown. */
function latest(one: GroupMember, other: GroupMember, field: Field): Partial<Record<Field, number>> {
  const [a, b] = [one[field], other[field]]
  return typeof a === 'number' && typeof b === 'number' ? { [field]: Math.max(a, b) } : {}
}
