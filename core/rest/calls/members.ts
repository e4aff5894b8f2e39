import type { JsonObject } from '../../lib/json.ts'
import { listOf, renamed, type CommonAnswer } from './answers.ts'
import { GROUP } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

export type Role = 'Owner' | 'Admin' | 'Member'

/** A member of a group. It has only the fields that the filter names. Times are seconds since 1970. */
export interface GroupMember {
  Member_Account: string
  /** Without the space that Tencent adds at the end. Do not rely on a filter by role: check this field. */
  Role?: Role
  JoinTime?: number
  /** 0: never. Recorded for Work, Public and Meeting groups. Absent means unknown, not silent. */
  LastSendMsgTime?: number
  /** The highest message that the member has read. */
  MsgSeq?: number
  MsgFlag?: 'AcceptAndNotify' | 'AcceptNotNotify' | 'Discard' | 'AcceptNotNotifyExceptAt'
  /** 0: not muted. */
  MuteUntil?: number
  /** At most 50 bytes. */
  NameCard?: string
  /** Needs a high plan and a switch in the console; absent otherwise. */
  OnlineStatus?: 'Online' | 'Offline'
  AppMemberDefinedData?: { Key: string; Value: string }[]
}

/** Names of member fields, for a filter; `Member_Account` is always there. */
export type MemberField = Exclude<keyof GroupMember, 'Member_Account' | 'AppMemberDefinedData'>

interface Filters {
  MemberInfoFilter?: readonly MemberField[]
  MemberRoleFilter?: readonly Role[]
  AppDefinedDataFilter_GroupMember?: readonly string[]
}

export interface GetGroupMemberInfoRequest extends Filters {
  GroupId: string
  /** Size of a page: use 100, which every type of group accepts. Without it all members are returned. */
  Limit?: number
  /** Index of the first member; not for a Community. */
  Offset?: number
  /** For a Community: empty at first, then that of the last answer. */
  Next?: string
}

export interface GetGroupMemberInfoAnswer extends CommonAnswer {
  /** Members of the whole group, whatever the filter or the page. */
  MemberNum: number
  /** Pages are not a snapshot: a member can be on two of them, or on none. */
  MemberList: GroupMember[]
  /** Of a Community: empty on the last page. */
  Next?: string
}

export interface GetSpecifiedGroupMemberInfoRequest extends Filters {
  GroupId: string
  /** At most 50, else 10005. */
  Member_List_Account: readonly string[]
}

export interface GetSpecifiedGroupMemberInfoAnswer extends CommonAnswer {
  GroupId: string
  /** In any order; accounts that are not members are left out. */
  MemberList: GroupMember[]
}

export interface GetRoleInGroupRequest {
  GroupId: string
  /** At most 500. */
  User_Account: readonly string[]
}

export interface GetRoleInGroupAnswer extends CommonAnswer {
  UserIdList: { Member_Account: string; Role: Role | 'NotMember' }[]
}

/** Reads the members of a group. None of these works for an AVChatRoom. */
export interface MemberCalls {
  /** `get_group_member_info`: one page of the members (intl 34948, cn 1617). */
  getGroupMemberInfo(request: GetGroupMemberInfoRequest, options?: CallOptions): Promise<GetGroupMemberInfoAnswer>
  /** `get_specified_group_member_info`: at most 50 members by name (intl 64897, cn 112002). */
  getSpecifiedGroupMemberInfo(
    request: GetSpecifiedGroupMemberInfoRequest,
    options?: CallOptions,
  ): Promise<GetSpecifiedGroupMemberInfoAnswer>
  /** `get_role_in_group`: roles of at most 500 users (intl 34963, cn 1626). */
  getRoleInGroup(request: GetRoleInGroupRequest, options?: CallOptions): Promise<GetRoleInGroupAnswer>
}

export function memberCalls(call: Call): MemberCalls {
  return {
    async getGroupMemberInfo(request, options) {
      const answer = await call(GROUP, 'get_group_member_info', request, options)
      const next = answer['Next']
      // Older deployments send an integer, 0 for the end.
      const Next = typeof next === 'number' ? (next === 0 ? '' : String(next)) : next
      const MemberList = listOf(answer['MemberList']).map(readMember)
      return { ...answer, MemberList, ...(next !== undefined && { Next }) } as unknown as GetGroupMemberInfoAnswer
    },
    async getSpecifiedGroupMemberInfo(request, options) {
      const answer = await call(GROUP, 'get_specified_group_member_info', request, options)
      const MemberList = listOf(answer['MemberList']).map(readMember)
      return { ...answer, MemberList } as unknown as GetSpecifiedGroupMemberInfoAnswer
    },
    async getRoleInGroup(request, options) {
      const answer = await call(GROUP, 'get_role_in_group', request, options)
      const UserIdList = listOf(answer['UserIdList']).map(readMember)
      return { ...answer, UserIdList } as unknown as GetRoleInGroupAnswer
    },
  }
}

function readMember(member: JsonObject): JsonObject {
  const { Role } = member
  // The documents' own samples print `"Member "`.
  return { ...renamed(member, 'ShutUpUntil', 'MuteUntil'), ...(typeof Role === 'string' && { Role: Role.trim() }) }
}
