import type { Group } from '../groups.ts'
import { accountsOf, groupOf, integerOf, isBody, namesOf, type Body } from '../read.ts'
import { HttpError, refuse } from '../refusal.ts'
import type { World } from '../world.ts'
import { shown } from './members.ts'

export function getGroupInfo(world: World, body: Body): Body {
  const ids = accountsOf(body['GroupIdList'], 50)
  const filter = body['ResponseFilter']
  return { GroupInfo: ids.map((id) => entry(world, id, isBody(filter) ? filter : undefined)) }
}

/** An entry has a code of its own: one unknown group does not spoil the others. */
function entry(world: World, id: string, filter: Body | undefined): Body {
  try {
    return { ErrorCode: 0, ErrorInfo: '', ...info(world, groupOf(world, id), filter) }
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return { GroupId: id, ErrorCode: error.code, ErrorInfo: error.message }
  }
}

function info(world: World, group: Group, filter: Body | undefined): Body {
  const wanted = filter === undefined ? undefined : namesOf(filter['GroupBaseInfoFilter'] ?? [])
  const base: Body = {
    Type: group.type,
    Name: group.name,
    Owner_Account: group.owner,
    CreateTime: group.createTime,
    NextMsgSeq: group.nextMsgSeq,
    ApplyJoinOption: group.type === 'Private' ? 'DisableApply' : 'FreeAccess',
    [world.oddities.formerNames ? 'ShutUpAllMember' : 'MuteAllMember']: 'Off',
    ...(group.type !== 'AVChatRoom' && { MemberNum: group.members.size, MaxMemberNum: group.cap }),
  }
  const kept = Object.entries(base).filter(([name]) => wanted?.has(name.replace('ShutUp', 'Mute')) ?? true)
  const members = filter === undefined ? undefined : filter['MemberInfoFilter']
  const withMembers = group.type !== 'AVChatRoom' && (filter === undefined || members !== undefined)
  // Over 1 MB: page instead.
  if (withMembers && group.members.size > 3000) refuse(10018)
  const list = withMembers ? [...group.members.values()].map((member) => shown(world, member, namesOf(members))) : []
  return { GroupId: group.id, ...Object.fromEntries<unknown>(kept), ...(withMembers && { MemberList: list }) }
}

export function modifyGroupBaseInfo(world: World, body: Body, planCap: number): Body {
  const group = groupOf(world, body['GroupId'])
  const cap = integerOf(body['MaxMemberNum'], group.cap)
  if (cap > planCap && group.type !== 'Community') refuse(10038)
  if (group.type !== 'AVChatRoom') group.cap = cap
  if (typeof body['Name'] === 'string') group.name = body['Name']
  return {}
}
