import type { Group, Member } from '../groups.ts'
import { accountsOf, groupOf, integerOf, namesOf, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import type { World } from '../world.ts'

/** A member as the answers show it. */
export function shown(
  world: World,
  member: Member,
  filter: ReadonlySet<string> | undefined,
  dataKeys?: ReadonlySet<string>,
): Body {
  const { spaceAfterRole, formerNames } = world.oddities
  const all: Body = {
    Role: member.role === 'Member' && spaceAfterRole ? 'Member ' : member.role,
    JoinTime: member.joinTime,
    MsgSeq: member.msgSeq,
    MsgFlag: 'AcceptAndNotify',
    LastSendMsgTime: member.lastSendMsgTime,
    MuteUntil: member.muteUntil,
    NameCard: '',
    OnlineStatus: member.online ? 'Online' : 'Offline',
  }
  const kept = Object.entries(all).filter(([name]) => filter?.has(name) ?? name !== 'OnlineStatus')
  const named = kept.map(([name, value]): [string, unknown] => [
    name === 'MuteUntil' && formerNames ? 'ShutUpUntil' : name,
    value,
  ])
  const data = dataKeys && [...dataKeys].map((Key) => ({ Key, Value: member.data?.[Key] ?? '' }))
  return {
    Member_Account: member.account,
    ...Object.fromEntries<unknown>(named),
    ...(data && { AppMemberDefinedData: data }),
  }
}

export function getGroupMemberInfo(world: World, body: Body): Body {
  const group = listed(world, body)
  const isCommunity = group.type === 'Community'
  const roles = world.oddities.leakyRoleFilter ? undefined : namesOf(body['MemberRoleFilter'])
  const filter = namesOf(body['MemberInfoFilter'])
  const dataKeys = namesOf(body['AppDefinedDataFilter_GroupMember'])
  const limit = integerOf(body['Limit'], group.members.size)
  if (limit > (isCommunity ? 100 : 200) && body['Limit'] !== undefined) refuse(10004)
  if (isCommunity && body['Offset'] !== undefined) refuse(10004)
  const start = isCommunity ? cursorOf(body['Next']) : integerOf(body['Offset'], 0)
  const page = [...group.members.values()].slice(start, start + limit)
  const more = start + limit < group.members.size
  return {
    MemberNum: group.members.size,
    MemberList: page
      .filter(({ role }) => roles?.has(role) ?? true)
      .map((member) => shown(world, member, filter, dataKeys)),
    ...(isCommunity && { Next: more ? String(CURSOR + BigInt(start + limit)) : '' }),
  }
}

export function getSpecifiedGroupMemberInfo(world: World, body: Body): Body {
  const group = listed(world, body)
  const filter = namesOf(body['MemberInfoFilter'])
  const dataKeys = namesOf(body['AppDefinedDataFilter_GroupMember'])
  const found = accountsOf(body['Member_List_Account'], 50).flatMap((account) => group.members.get(account) ?? [])
  return { GroupId: group.id, MemberList: found.toReversed().map((member) => shown(world, member, filter, dataKeys)) }
}

export function getRoleInGroup(world: World, body: Body): Body {
  const group = listed(world, body)
  const accounts = accountsOf(body['User_Account'], 500)
  const roleOf = (account: string): string => group.members.get(account)?.role ?? 'NotMember'
  return { UserIdList: accounts.map((account) => ({ Member_Account: account, Role: roleOf(account) })) }
}

/** A group that keeps a list of its members. */
function listed(world: World, body: Body): Group {
  const group = groupOf(world, body['GroupId'])
  return group.type === 'AVChatRoom' ? refuse(10007) : group
}

// 18 digits: more than a number holds, so that nobody may take it for one.
const CURSOR = 144_115_188_075_855_872n

function cursorOf(next: unknown): number {
  if (next === undefined || next === '') return 0
  return typeof next === 'string' && /^\d{18}$/.test(next) ? Number(BigInt(next) - CURSOR) : refuse(10004)
}
