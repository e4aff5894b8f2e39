import { randomInt } from 'node:crypto'
import type { MsgElement } from '../../protocol/msg-body.ts'
import type { CommonAnswer } from './answers.ts'
import { GROUP, OPENIM, ROBOT } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

export interface SendGroupMsgRequest {
  GroupId: string
  /**
   * From 0 to 4294967295. Tencent drops a second message with the same content and value within 5 minutes: derive it from
   * the job to avoid duplicates over restarts. By default it is random for each call, so its retries are safe.
   */
  Random?: number
  /** At most 12 KB in all. */
  MsgBody: readonly MsgElement[]
  /** Default: the administrator. */
  From_Account?: string
  /** At most 50. Only these members get it. */
  To_Account?: readonly string[]
  /** Which messages go first when the group is over its limit of 40 a second. */
  MsgPriority?: 'High' | 'Normal' | 'Low'
  /** 1: for members who are online, and not stored. */
  OnlineOnlyFlag?: 0 | 1
  SendMsgControl?: readonly ('NoLastMsg' | 'NoUnread')[]
  ForbidCallbackControl?: readonly ('ForbidBeforeSendMsgCallback' | 'ForbidAfterSendMsgCallback')[]
  CloudCustomData?: string
  TopicId?: string
  SupportMessageExtension?: 0 | 1
  OfflinePushInfo?: object
  /** At most 30. */
  GroupAtInfo?: readonly object[]
}

export interface SendGroupMsgAnswer extends CommonAnswer {
  /** Seconds since 1970. */
  MsgTime: number
  MsgSeq: number
  /** Such as `MsgFreqCtrl`: accepted, and dropped by the limit of 40 a second. */
  MsgDropReason?: string
}

export interface SendMsgRequest {
  To_Account: string
  /** From 0 to 4294967295; random by default. Duplicates are dropped within the same second only. */
  MsgRandom?: number
  /** At most 12 KB in all. */
  MsgBody: readonly MsgElement[]
  /** Default: the administrator. */
  From_Account?: string
  /** 1: also in the sender's own conversation list; 2: not. */
  SyncOtherMachine?: 1 | 2
  MsgSeq?: number
  /** Seconds, at most 604800; 0: only for a recipient who is online. */
  MsgLifeTime?: number
  CloudCustomData?: string
  ForbidCallbackControl?: readonly ('ForbidBeforeSendMsgCallback' | 'ForbidAfterSendMsgCallback')[]
  SendMsgControl?: readonly string[]
  OfflinePushInfo?: object
}

export interface SendMsgAnswer extends CommonAnswer {
  /** Seconds since 1970. */
  MsgTime: number
  MsgKey: string
  MsgId?: string
}

export interface SendStreamMsgRequest {
  /** A chatbot's account, which begins with `@RBT#`. */
  From_Account: string
  To_Account: string
  /** The next part of the text. */
  Chunk: string
  /** From the second call on: the one in the first answer. */
  MsgKey?: string
  /** 1: this part is the last one. */
  Finish?: 0 | 1
}

export interface SendStreamMsgAnswer extends CommonAnswer {
  MsgKey: string
}

/** Sends messages. */
export interface MessageCalls {
  /** `send_group_msg`: one message to a group (intl 34959, cn 1629). */
  sendGroupMsg(request: SendGroupMsgRequest, options?: CallOptions): Promise<SendGroupMsgAnswer>
  /** `sendmsg`: one message to an account. Not retried after an unknown outcome (intl 34919, cn 2282). */
  sendMsg(request: SendMsgRequest, options?: CallOptions): Promise<SendMsgAnswer>
  /**
   * `send_stream_msg`: a part of a chatbot's answer to one account, shown while it grows. Not retried after an unknown
   * outcome, since the part could appear twice (intl 71131, cn 104537).
   */
  sendStreamMsg(request: SendStreamMsgRequest, options?: CallOptions): Promise<SendStreamMsgAnswer>
}

export function messageCalls(call: Call): MessageCalls {
  return {
    async sendGroupMsg(request, options) {
      const body = { Random: uint32(), ...request }
      return (await call(GROUP, 'send_group_msg', body, options)) as unknown as SendGroupMsgAnswer
    },
    async sendMsg(request, options) {
      const body = { MsgRandom: uint32(), ...request }
      return (await call(OPENIM, 'sendmsg', body, options)) as unknown as SendMsgAnswer
    },
    async sendStreamMsg(request, options) {
      return (await call(ROBOT, 'send_stream_msg', request, options)) as unknown as SendStreamMsgAnswer
    },
  }
}

function uint32(): number {
  return randomInt(2 ** 32)
}
