import { listOf, type CommonAnswer } from './answers.ts'
import { GROUP } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

export interface DeleteGroupMemberRequest {
  GroupId: string
  /** At most 100. Never name the owner or an admin: Tencent removes them without an error. */
  MemberToDel_Account: readonly string[]
  /** 1: only the removed members are notified. */
  Silence?: 0 | 1
  /** Shown in the notice; keep it short. */
  Reason?: string
}

export interface AddGroupMemberRequest {
  GroupId: string
  /** Use at most 20: the documents give limits from 20 to 500. */
  MemberList: readonly { Member_Account: string }[]
  Silence?: 0 | 1
}

export interface AddGroupMemberAnswer extends CommonAnswer {
  /** 0 failed, 1 added, 2 was a member, 3 waits for approval, 4 over the limit. */
  MemberList: { Member_Account: string; Result: 0 | 1 | 2 | 3 | 4 }[]
}

export interface ForbidSendMsgRequest {
  GroupId: string
  /** At most 500. */
  Members_Account: readonly string[]
  /** Seconds from now; 0 ends it. */
  MuteTime: number
}

/** Adds, removes and mutes members. An AVChatRoom only mutes. */
export interface MembershipCalls {
  /**
   * `delete_group_member`: removes at most 100 members (intl 34949, cn 1622). The answer says nothing about any of them,
   * and removing an account that is not a member succeeds. It is not retried after an unknown outcome, since a member
   * may have rejoined: read the members before you call it again.
   */
  deleteGroupMember(request: DeleteGroupMemberRequest, options?: CallOptions): Promise<CommonAnswer>
  /** `add_group_member`: adds members; a full group answers 10014 (intl 34921, cn 1621). */
  addGroupMember(request: AddGroupMemberRequest, options?: CallOptions): Promise<AddGroupMemberAnswer>
  /**
   * `forbid_send_msg`: mutes at most 500 members, or unmutes them; leaving and rejoining does not unmute. Not for a Work
   * group (intl 34951, cn 1627).
   */
  forbidSendMsg(request: ForbidSendMsgRequest, options?: CallOptions): Promise<CommonAnswer>
}

export function membershipCalls(call: Call): MembershipCalls {
  return {
    async deleteGroupMember(request, options) {
      return (await call(GROUP, 'delete_group_member', request, options)) as unknown as CommonAnswer
    },
    async addGroupMember(request, options) {
      const answer = await call(GROUP, 'add_group_member', request, options)
      return { ...answer, MemberList: listOf(answer['MemberList']) } as unknown as AddGroupMemberAnswer
    },
    async forbidSendMsg(request, options) {
      return (await call(GROUP, 'forbid_send_msg', request, options)) as unknown as CommonAnswer
    },
  }
}
