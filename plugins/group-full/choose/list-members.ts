import { type GroupMember, RestError } from 'timhook/plugin'
import type { Snapshot } from '../report/snapshot.ts'
import { call, pause, type Run } from '../report/run-context.ts'

const TOO_MUCH = new Set([10018, 10054])
const RANKS = ['Member', 'Admin', 'Owner']

/** Lists the members page by page, each account once. Pages are not a snapshot, so some may be missing. */
export async function listMembers(run: Run, { type, cap }: Snapshot): Promise<GroupMember[]> {
  const { pagesPerSecond } = run.options
  const members = new Map<string, GroupMember>()
  let limit = run.options.pageSize
  let offset = 0
  let next = ''
  // A server that ignores Offset would return the same page for ever.
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

/** The fields to read. There is no filter by role, so that owner and admins are listed and protected. */
export function filterOf({ options }: Run) {
  const fields = ['Role', 'JoinTime', 'LastSendMsgTime', 'MsgSeq'] as const
  const keys = options.protectedByData
  return {
    MemberInfoFilter: options.skipOnline ? ([...fields, 'OnlineStatus'] as const) : fields,
    ...(keys.length > 0 && { AppDefinedDataFilter_GroupMember: keys }),
  }
}

/** Merges two copies of one member into the one with the most protection. */
function add(members: Map<string, GroupMember>, member: GroupMember): void {
  const { Member_Account: account } = member
  const present = members.get(account)
  members.set(account, present ? merged(present, member) : member)
}

function merged(first: GroupMember, second: GroupMember): GroupMember {
  const rankOf = ({ Role }: GroupMember): number => {
    const rank = RANKS.indexOf(Role ?? '')
    return rank < 0 ? RANKS.length : rank
  }
  const {
    JoinTime: _join,
    LastSendMsgTime: _sent,
    MsgSeq: _read,
    ...rest
  } = rankOf(first) >= rankOf(second) ? first : second
  return {
    ...rest,
    ...latest(first, second, 'JoinTime'),
    ...latest(first, second, 'LastSendMsgTime'),
    ...latest(first, second, 'MsgSeq'),
  }
}

type Field = 'JoinTime' | 'LastSendMsgTime' | 'MsgSeq'

/** A field that is missing in either copy is unknown. */
function latest(first: GroupMember, second: GroupMember, field: Field): Partial<Record<Field, number>> {
  const [a, b] = [first[field], second[field]]
  return typeof a === 'number' && typeof b === 'number' ? { [field]: Math.max(a, b) } : {}
}
