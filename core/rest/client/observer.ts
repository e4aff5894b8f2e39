/** The result of one call, for observers. It holds no ids, texts or secrets. */
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
  /** Duration of the call with all its waiting, in milliseconds. */
  readonly durationMs: number
}

/** Why no call of an app is sent for a while. */
export interface RestPaused {
  readonly sdkAppId: number
  /** `rate`: too many calls. `signatures`: Tencent did not accept too many of them. `settings`: they are wrong. */
  readonly reason: 'rate' | 'signatures' | 'settings'
  /** Tencent's `ErrorCode`; none where a gateway answered. */
  readonly code?: number
  readonly pauseMs: number
}

/** Receives the events of a client. */
export interface Observer {
  called(event: RestCalled): void
  paused(event: RestPaused): void
  /** Runs a call, in a span of a trace where there is one. */
  trace?<T>(call: { readonly sdkAppId: number; readonly api: string }, run: () => Promise<T>): Promise<T>
  /** Further headers of a request, such as those of a trace. */
  headers?(): Readonly<Record<string, string>>
}
