import { listOf, type CommonAnswer } from './answers.ts'
import { GROUP, OPEN_MSG, OPENIM } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

export interface GetHistoryRequest {
  ChatType: 'C2C' | 'Group'
  /** An hour of Beijing time within the last 7 days, as `2015120121` for 21:00 to 21:59. */
  MsgTime: string
}

/** A gzipped file of an hour's messages. */
export interface HistoryFile {
  URL: string
  /** Beijing time, `2015-12-02 16:45:23`: until then the URL works. */
  ExpireTime?: string
  /** Bytes before and after compressing, with their MD5 in lower-case hex. */
  FileSize?: number
  FileMD5?: string
  GzipSize?: number
  GzipMD5?: string
}

export interface GetHistoryAnswer extends CommonAnswer {
  /** Empty if nothing was sent in that hour, or if the hour is not processed yet: up to an hour after its end. */
  File: HistoryFile[]
}

export interface GroupMsgGetSimpleRequest {
  GroupId: string
  /** At most 20. */
  ReqMsgNumber: number
  /** The highest MsgSeq to return; without it the newest messages. */
  ReqMsgSeq?: number
  /** 1: recalled messages too. */
  WithRecalledMsg?: 0 | 1
  /** Of a community. */
  TopicId?: string
}

/** A message of a group. Times are seconds since 1970. */
export interface GroupHistoryMessage {
  From_Account?: string
  MsgSeq: number
  MsgRandom?: number
  MsgTimeStamp?: number
  /** 0: ordinary, 1: expired, deleted or not stored, 2: recalled. */
  IsPlaceMsg?: number
  /** 1: a system message. */
  IsSystemMsg?: number
  MsgBody?: unknown
  MsgPriority?: number
  CloudCustomData?: string
}

export interface GroupMsgGetSimpleAnswer extends CommonAnswer {
  GroupId: string
  /** 1: everything that was asked for; otherwise continue below the lowest MsgSeq. */
  IsFinished?: number
  /** Highest MsgSeq first. */
  RspMsgList: GroupHistoryMessage[]
}

export interface AdminGetRoamMsgRequest {
  /** Whose view of the conversation: what this account has deleted is left out. */
  Operator_Account: string
  Peer_Account: string
  MaxCnt: number
  /** Seconds since 1970, both ends included. */
  MinTime: number
  /** For the next page: LastMsgTime of the previous answer, together with its LastMsgKey. */
  MaxTime: number
  LastMsgKey?: string
}

/** A one-to-one message. Times are seconds since 1970. */
export interface C2cHistoryMessage {
  From_Account: string
  To_Account: string
  MsgSeq?: number
  MsgRandom?: number
  MsgTimeStamp?: number
  /** 0: ordinary, 8: recalled. */
  MsgFlagBits?: number
  /** 1: the receiver has sent a read receipt. */
  IsPeerRead?: number
  MsgKey: string
  MsgBody?: unknown
  CloudCustomData?: string
}

export interface AdminGetRoamMsgAnswer extends CommonAnswer {
  /** 1: everything of that time; 0: continue with LastMsgTime and LastMsgKey. An answer has about 13 kB. */
  Complete: number
  MsgCnt?: number
  LastMsgTime?: number
  LastMsgKey?: string
  MsgList: C2cHistoryMessage[]
}

/** Reads messages that were sent. */
export interface HistoryCalls {
  /** `get_history`: the URLs of the files with an hour's messages, for the last 7 days (intl 34885, cn 1650). */
  getHistory(request: GetHistoryRequest, options?: CallOptions): Promise<GetHistoryAnswer>
  /** `admin_getroammsg`: messages of a one-to-one conversation in a time, the latest pages first (intl 35478, cn 42794). */
  adminGetRoamMsg(request: AdminGetRoamMsgRequest, options?: CallOptions): Promise<AdminGetRoamMsgAnswer>
  /** `group_msg_get_simple`: at most 20 messages of a group. Not for an AVChatRoom (intl 34971, cn 2738). */
  groupMsgGetSimple(request: GroupMsgGetSimpleRequest, options?: CallOptions): Promise<GroupMsgGetSimpleAnswer>
}

export function historyCalls(call: Call): HistoryCalls {
  return {
    async getHistory(request, options) {
      const answer = await call(OPEN_MSG, 'get_history', request, options)
      return { ...answer, File: listOf(answer['File']) } as unknown as GetHistoryAnswer
    },
    async adminGetRoamMsg(request, options) {
      const answer = await call(OPENIM, 'admin_getroammsg', request, options)
      return { ...answer, MsgList: listOf(answer['MsgList']) } as unknown as AdminGetRoamMsgAnswer
    },
    async groupMsgGetSimple(request, options) {
      const answer = await call(GROUP, 'group_msg_get_simple', request, options)
      return { ...answer, RspMsgList: listOf(answer['RspMsgList']) } as unknown as GroupMsgGetSimpleAnswer
    },
  }
}
