import type { JsonObject } from '../../lib/json.ts'

/** Options of one call. */
export interface CallOptions {
  /** Aborts the call, also while it waits: `ctx.signal`, for example. */
  signal?: AbortSignal
  /** Timeout of one attempt, in milliseconds; default 10000. Tencent's own limit is 3000. */
  timeoutMs?: number
  /** The most attempts; default 4. With 1 there is no retry, not even with a new UserSig. */
  attempts?: number
  /** Whether to retry when nobody knows if the command took effect. The default follows the documents. */
  repeatable?: boolean
}

/**
 * Calls one command.
 * @param service - such as `group_open_http_svc`
 * @param command - such as `get_group_info`
 * @returns Tencent's answer, whose `ErrorCode` is 0; integers beyond 2^53 are text
 * @throws RestError
 */
export type Call = (service: string, command: string, body?: object, options?: CallOptions) => Promise<JsonObject>
