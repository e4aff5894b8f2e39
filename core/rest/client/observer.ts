/** The end of one call, for observers. Without ids, texts or secrets. */
export interface RestCalled {
  readonly sdkAppId: number
  /** Such as `group_open_http_svc/get_group_info`. */
  readonly api: string
  readonly outcome: 'ok' | 'refused' | 'unanswered' | 'suspended' | 'aborted' | 'invalid'
  /** Tencent's `ErrorCode`, where there was an answer. */
  readonly code?: number
  readonly requestId?: string
  /** How often it was sent. */
  readonly attempts: number
  /** From the call to its end, waiting included, in milliseconds. */
  readonly durationMs: number
}

/** No call of an app is sent for a while, and why. */
export interface RestPaused {
  readonly sdkAppId: number
  /** `rate`: too many calls. `signatures`: too many that Tencent did not accept. `settings`: they are wrong. */
  readonly reason: 'rate' | 'signatures' | 'settings'
  /** Tencent's `ErrorCode`; none where a gateway answered. */
  readonly code?: number
  readonly pauseMs: number
}

/** Who hears of a client's calls. */
export interface Observer {
  called(event: RestCalled): void
  paused(event: RestPaused): void
}
