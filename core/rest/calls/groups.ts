import { listOf, renamed, type CommonAnswer } from './answers.ts'
import { GROUP } from './apis.ts'
import type { Call, CallOptions } from './call.ts'
import type { MemberField, GroupMember } from './members.ts'

/** Tencent answers with the old names: Private is Work, ChatRoom is Meeting. Newer names are possible. */
export type GroupType = 'Private' | 'Public' | 'ChatRoom' | 'AVChatRoom' | 'Community' | 'Work' | 'Meeting'

/** Names of base fields, for a filter. */
export type GroupField = Exclude<
  keyof GroupFound,
  'ErrorCode' | 'ErrorInfo' | 'GroupId' | 'AppDefinedData' | 'MemberList'
>

/** A custom field of the app. */
export interface AppDefined {
  Key: string
  Value: string
}

export interface GetGroupInfoRequest {
  /** At most 50. */
  GroupIdList: readonly string[]
  /** Without it everything is returned, members included, which large groups answer with 10018. */
  ResponseFilter?: {
    GroupBaseInfoFilter?: readonly GroupField[]
    MemberInfoFilter?: readonly (MemberField | 'Account')[]
    AppDefinedDataFilter_Group?: readonly string[]
    AppDefinedDataFilter_GroupMember?: readonly string[]
  }
}

/** The codes that the documents give for one group: 10010 and 10015, no such group. Others are possible. */
export type GroupErrorCode = 10002 | 10003 | 10004 | 10005 | 10007 | 10010 | 10015 | 10018

/** A group without information, and why. */
export interface GroupNotFound {
  GroupId: string
  ErrorCode: GroupErrorCode
  ErrorInfo?: string
}

/** A group. It has only the fields that the filter names. Times are seconds since 1970. */
export interface GroupFound {
  GroupId: string
  ErrorCode: 0
  ErrorInfo?: string
  Type?: GroupType
  /** At most 30, 240, 300 and 100 bytes. */
  Name?: string
  Introduction?: string
  Notification?: string
  FaceUrl?: string
  Appid?: number
  /** Empty in a Work group whose owner has left. */
  Owner_Account?: string
  CreateTime?: number
  LastInfoTime?: number
  LastMsgTime?: number
  InfoSeq?: number
  /** Includes notices of joining and leaving. */
  NextMsgSeq?: number
  /** Absent or without meaning for an AVChatRoom. */
  MemberNum?: number
  MaxMemberNum?: number
  ApplyJoinOption?: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  InviteJoinOption?: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  MuteAllMember?: 'On' | 'Off'
  AppDefinedData?: AppDefined[]
  MemberList?: GroupMember[]
}

export interface GetGroupInfoAnswer extends CommonAnswer {
  /** One entry for each group. Compare its `ErrorCode` to 0 first: that of the answer says nothing about it. */
  GroupInfo: (GroupFound | GroupNotFound)[]
}

export interface ModifyGroupBaseInfoRequest {
  GroupId: string
  /** At most 30, 240, 300 and 100 bytes. */
  Name?: string
  Introduction?: string
  Notification?: string
  FaceUrl?: string
  /** At most the cap of the plan, else 10038. Without effect for an AVChatRoom. */
  MaxMemberNum?: number
  /** Not for a Community. */
  ApplyJoinOption?: 'FreeAccess' | 'NeedPermission' | 'DisableApply'
  MuteAllMember?: 'On' | 'Off'
  AppDefinedData?: readonly AppDefined[]
}

/** Reads and changes groups. */
export interface GroupCalls {
  /** `get_group_info`: base data of at most 50 groups (intl 34961, cn 1616). */
  getGroupInfo(request: GetGroupInfoRequest, options?: CallOptions): Promise<GetGroupInfoAnswer>
  /** `modify_group_base_info`: changes one group (intl 34962, cn 1620). */
  modifyGroupBaseInfo(request: ModifyGroupBaseInfoRequest, options?: CallOptions): Promise<CommonAnswer>
}

export function groupCalls(call: Call): GroupCalls {
  return {
    async getGroupInfo(request, options) {
      const answer = await call(GROUP, 'get_group_info', request, options)
      const GroupInfo = listOf(answer['GroupInfo']).map((group) => renamed(group, 'ShutUpAllMember', 'MuteAllMember'))
      return { ...answer, GroupInfo } as unknown as GetGroupInfoAnswer
    },
    async modifyGroupBaseInfo(request, options) {
      return (await call(GROUP, 'modify_group_base_info', request, options)) as unknown as CommonAnswer
    },
  }
}
