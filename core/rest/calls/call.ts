import type { JsonObject } from '../../lib/json.ts'

/** How one call is made. */
export interface CallOptions {
  /** Ends the call, its waiting included: `ctx.signal`, for example. */
  signal?: AbortSignal
  /** How long one try may take, in milliseconds; default 10000. Tencent's own limit is 3000. */
  timeoutMs?: number
  /** How often the call is sent at most; default 4. 1 means no further tries, not even with a new UserSig. */
  attempts?: number
  /** Whether to try again when nobody knows if the command took effect; default: what the documents say of it. */
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
