/** Codes of all errors of timhook itself. Logs, tests and callers can rely on them. */
export type ErrorCode =
  | 'BACKUP_EXISTS'
  | 'COMMAND_FAILED'
  | 'CONFIG_INVALID'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_EXISTS'
  | 'CONFIG_UNWRITABLE'
  | 'DEPLOYMENT_FAULTY'
  | 'GIVE_UP'
  | 'LISTEN_FAILED'
  | 'LISTEN_UNANSWERED'
  | 'NOT_STORED'
  | 'PLUGIN_CLOSE_FAILED'
  | 'PLUGIN_ENDED'
  | 'PLUGIN_INVALID'
  | 'PLUGIN_NOT_FOUND'
  | 'PLUGIN_SETUP_FAILED'
  | 'RELOAD_REFUSED'
  | 'REPLAY_STOPPED'
  | 'REQUEST_UNANSWERED'
  | 'REST_ABORTED'
  | 'REST_CALL_INVALID'
  | 'REST_NOT_CONFIGURED'
  | 'REST_REFUSED'
  | 'REST_SUSPENDED'
  | 'REST_UNANSWERED'
  | 'RETRY_AFTER'
  | 'STORE_AUTH_FAILED'
  | 'STORE_CLOSED'
  | 'STORE_DAMAGED'
  | 'STORE_FOREIGN'
  | 'STORE_IN_USE'
  | 'STORE_LOST'
  | 'STORE_MISSING'
  | 'STORE_NEWER'
  | 'STORE_NOT_SHARED'
  | 'STORE_NOT_DURABLE'
  | 'STORE_UNREACHABLE'
  | 'STORE_UNSUITABLE'
  | 'STORE_UNUSABLE'
  | 'STORE_VALUE_TOO_LARGE'
  | 'TEST_FAILED'
  | 'TRIGGER_FAILED'
  | 'UNKNOWN_COMMAND'
  | 'USAGE'
  | 'VERDICT_INVALID'

/**
 * An error with a code, a sentence that says what is wrong, and a hint that says what to do. Never contains a secret.
 */
export class TimhookError extends Error {
  override readonly name = 'TimhookError'
  readonly code: ErrorCode
  /** What to do about it, in one sentence. Empty if the message says it all. */
  readonly hint: string

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.hint = options.hint ?? ''
  }
}

/** Formats the error for a person: the sentence, then the hint. */
export function describeError(error: unknown): string {
  if (error instanceof TimhookError && error.hint) return `${error.message}\n  ${error.hint}`
  return error instanceof Error ? error.message : String(error)
}
