import { accountsOf, groupOf, integerOf, isBody, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import { isKnown, seconds, type World } from '../world.ts'

export function deleteGroupMember(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  if (group.type === 'AVChatRoom') refuse(10004)
  const accounts = accountsOf(body['MemberToDel_Account'], 100)
  const gone: string[] = []
  for (const account of accounts) {
    const member = group.members.get(account)
    // Removing nobody succeeds too.
    if (!member) continue
    if (member.role !== 'Member') world.protectedRemovals.push({ group: group.id, account })
    group.members.delete(account)
    gone.push(account)
  }
  if (gone.length > 0) {
    world.callback('Group.CallbackAfterMemberExit', {
      GroupId: group.id,
      Type: group.type,
      ExitType: 'Kicked',
      Operator_Account: [...world.administrators][0],
      ExitMemberList: gone.map((account) => ({ Member_Account: account })),
      EventTime: world.now(),
    })
  }
  return {}
}

/** Mutes members, also in an AVChatRoom, whose members the fake does not know (intl 34951). */
export function forbidSendMsg(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  if (group.type === 'Private') refuse(10007)
  const accounts = accountsOf(body['Members_Account'], 500)
  const time = body['MuteTime'] ?? body['ShutUpTime']
  if (time === undefined) refuse(10004)
  const duration = integerOf(time, 0)
  for (const account of accounts) {
    const member = group.members.get(account)
    if (member) member.muteUntil = duration === 0 ? 0 : seconds(world) + duration
  }
  return {}
}

export function addGroupMember(world: World, body: Body): Body {
  const group = groupOf(world, body['GroupId'])
  if (group.type === 'AVChatRoom') refuse(10007)
  const list = body['MemberList']
  if (!Array.isArray(list)) refuse(10004)
  const accounts = accountsOf(
    list.map((one: unknown) => (isBody(one) ? one['Member_Account'] : undefined)),
    20,
  )
  const isNew = (account: string): boolean => !group.members.has(account)
  const isFull = (): boolean => group.members.size >= group.cap
  const tellFull = (): void =>
    world.callback('Group.CallbackAfterGroupFull', { GroupId: group.id, EventTime: world.now() })
  if (isFull() && accounts.some(isNew)) {
    tellFull()
    refuse(10014)
  }
  const MemberList = accounts.map((account) => ({ Member_Account: account, Result: add(account) }))
  if (isFull() && MemberList.some(({ Result }) => Result !== 2)) tellFull()
  return { MemberList }

  function add(account: string): number {
    if (!isNew(account)) return 2
    if (isFull() || !isKnown(world, account)) return 0
    const now = seconds(world)
    group.members.set(account, {
      account,
      role: 'Member',
      joinTime: now,
      lastSendMsgTime: 0,
      msgSeq: group.nextMsgSeq - 1,
      muteUntil: 0,
      online: true,
    })
    return 1
  }
}
