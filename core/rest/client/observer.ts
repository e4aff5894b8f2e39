/** The result of one call, for observers. It holds no ids, texts or secrets. */
export interface RestCalled {
  readonly sdkAppId: number
  /** Such as `group_open_http_svc/get_group_info`. */
  readonly api: string
  readonly outcome: 'ok' | 'refused' | 'unanswered' | 'suspended' | 'aborted' | 'invalid'
  /** Tencent's `ErrorCode`, if there was an answer. */
  readonly code?: number
  readonly requestId?: string
  /** How often it was sent. */
  readonly attempts: number
  /** Duration of the call including all waiting, in milliseconds. */
  readonly durationMs: number
}

/** Why no calls of an app are sent for a while. */
export interface RestPaused {
  readonly sdkAppId: number
  /** `rate`: too many calls. `signatures`: Tencent rejected too many of them. `settings`: they are wrong. */
  readonly reason: 'rate' | 'signatures' | 'settings'
  /** Tencent's `ErrorCode`; none if a gateway answered. */
  readonly code?: number
  readonly pauseMs: number
}

/** Receives the events of a client. */
export interface Observer {
  called(event: RestCalled): void
  paused(event: RestPaused): void
  /** Runs a call, in a span if there is a trace. */
  trace?<T>(call: { readonly sdkAppId: number; readonly api: string }, run: () => Promise<T>): Promise<T>
  /** Further headers of a request, such as those of a trace. */
  headers?(): Readonly<Record<string, string>>
}
