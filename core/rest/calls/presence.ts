import { listOf, renamed, type CommonAnswer } from './answers.ts'
import { OPENIM } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

/** `PushOnline`: the app is in the background or closed, and pushes arrive; lasts for 7 days. */
export type OnlineStatus = 'Online' | 'PushOnline' | 'Offline'

export interface QueryOnlineStatusRequest {
  /** At most 500. */
  To_Account: readonly string[]
  /** 1: with the platforms. */
  IsNeedDetail?: 0 | 1
  IsReturnInstid?: 0 | 1
  IsReturnCustomStatus?: 0 | 1
}

export interface QueryOnlineStatusAnswer extends CommonAnswer {
  QueryResult: { To_Account: string; Status: OnlineStatus; Detail?: { Platform: string; Status: OnlineStatus }[] }[]
  /** Accounts without a status: 70107, never imported. The answer's code is 0 if any account has one. */
  ErrorList: { To_Account: string; ErrorCode: number }[]
}

/** Reads who is online. */
export interface PresenceCalls {
  /** `query_online_status`: presence of at most 500 accounts (intl 35477, cn 2566). */
  queryOnlineStatus(request: QueryOnlineStatusRequest, options?: CallOptions): Promise<QueryOnlineStatusAnswer>
}

export function presenceCalls(call: Call): PresenceCalls {
  return {
    async queryOnlineStatus(request, options) {
      const answer = await call(OPENIM, 'query_online_status', request, options)
      const QueryResult = listOf(answer['QueryResult']).map((result) => renamed(result, 'State', 'Status'))
      return { ...answer, QueryResult, ErrorList: listOf(answer['ErrorList']) } as unknown as QueryOnlineStatusAnswer
    },
  }
}
