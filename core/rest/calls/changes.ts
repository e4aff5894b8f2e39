import type { MsgElement } from '../../protocol/msg-body.ts'
import { listOf, type CommonAnswer } from './answers.ts'
import { GROUP, OPENIM } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

/** A one-to-one message. Callbacks after sending name all three, and `sendMsg` answers the key. */
export interface C2cMessageRef {
  From_Account: string
  To_Account: string
  MsgKey: string
}

/** The new fields of a message: at least one of the two. */
export interface MessageChange {
  /** At most 12 KB in all. */
  MsgBody?: readonly MsgElement[]
  CloudCustomData?: string
}

export interface GroupMsgRecallRequest {
  GroupId: string
  /** At most 10. */
  MsgSeqList: readonly { MsgSeq: number }[]
  /** The reason, which clients get. */
  Reason?: string
  /** Of a community. */
  TopicId?: string
}

export interface GroupMsgRecallAnswer extends CommonAnswer {
  /** For each message 0, or the code of why it was not recalled: the code of the answer says nothing about it. */
  RecallRetList: { MsgSeq: number; RetCode: number }[]
}

export interface ModifyGroupMsgRequest extends MessageChange {
  GroupId: string
  MsgSeq: number
  /** Of a community. */
  TopicId?: string
}

export interface DeleteGroupMsgBySenderRequest {
  GroupId: string
  Sender_Account: string
  /** Of a community. */
  TopicId?: string
}

/** Changes messages that were sent. None of this can be undone, and all of it may be repeated. */
export interface ChangeCalls {
  /** `admin_msgwithdraw`: recalls a one-to-one message, whoever sent it and when (intl 35015, cn 38980). */
  recallC2cMsg(request: C2cMessageRef, options?: CallOptions): Promise<CommonAnswer>
  /**
   * `group_msg_recall`: recalls at most 10 messages of a group. In an AVChatRoom only those of the last hour, and only
   * members who are online see it (intl 34965, cn 12341).
   */
  recallGroupMsg(request: GroupMsgRecallRequest, options?: CallOptions): Promise<GroupMsgRecallAnswer>
  /** `modify_c2c_msg`: replaces the content of a one-to-one message (intl 47722, cn 74740). */
  modifyC2cMsg(request: C2cMessageRef & MessageChange, options?: CallOptions): Promise<CommonAnswer>
  /** `modify_group_msg`: replaces the content of a group message. Not for an AVChatRoom (intl 47948, cn 74741). */
  modifyGroupMsg(request: ModifyGroupMsgRequest, options?: CallOptions): Promise<CommonAnswer>
  /**
   * `delete_group_msg_by_sender`: recalls what an account sent among the last 1000 messages of a group. Clients are not
   * notified: they see it when they read the history. In an AVChatRoom it does nothing (intl 34970, cn 2359).
   */
  deleteGroupMsgBySender(request: DeleteGroupMsgBySenderRequest, options?: CallOptions): Promise<CommonAnswer>
}

export function changeCalls(call: Call): ChangeCalls {
  const common = async (...args: Parameters<Call>): Promise<CommonAnswer> =>
    (await call(...args)) as unknown as CommonAnswer
  return {
    recallC2cMsg: (request, options) => common(OPENIM, 'admin_msgwithdraw', request, options),
    async recallGroupMsg(request, options) {
      const answer = await call(GROUP, 'group_msg_recall', request, options)
      return { ...answer, RecallRetList: listOf(answer['RecallRetList']) } as unknown as GroupMsgRecallAnswer
    },
    modifyC2cMsg: (request, options) => common(OPENIM, 'modify_c2c_msg', request, options),
    modifyGroupMsg: (request, options) => common(OPENIM, 'modify_group_msg', request, options),
    deleteGroupMsgBySender: (request, options) => common(GROUP, 'delete_group_msg_by_sender', request, options),
  }
}
