import { TimhookError } from '../../errors.ts'
import type { Failure } from '../pace/failure.ts'

/** The ways in which a call fails, as `code` of the error. */
export type RestErrorCode =
  /** Tencent answered with a code other than 0: see `errorCode`. */
  | 'REST_REFUSED'
  /** No answer, or one that cannot be read: network, timeout, a gateway's page. */
  | 'REST_UNANSWERED'
  /** Not sent: calls are suspended after a code that says the app's settings are wrong. */
  | 'REST_SUSPENDED'
  /** The caller aborted it, or the server stops. */
  | 'REST_ABORTED'
  /** Not sent: no service or command has such a name, or the body is not JSON. */
  | 'REST_CALL_INVALID'

/** A call of the REST API failed. Never holds the secret key, a UserSig, the URL or the text of a message. */
export class RestError extends TimhookError {
  override readonly code: RestErrorCode
  /** Such as `group_open_http_svc/get_group_info`. */
  readonly api: string
  /** Tencent's `ErrorCode`, if there was an answer. */
  readonly errorCode: number | undefined
  /** Tencent's `ErrorInfo`: for people, not to be matched on. Texts of the request are removed. */
  readonly errorInfo: string | undefined
  /** Tencent's `RequestId`, which newer deployments send. */
  readonly requestId: string | undefined
  /** What the code, or its absence, means for the caller. */
  readonly kind: Failure['kind']
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** Whether the command may still have taken effect: check before you repeat it. */
  readonly outcomeUnknown: boolean
  /** How often it was sent. */
  readonly attempts: number

  constructor(code: RestErrorCode, api: string, failure: Failure, attempts: number) {
    super(code, `${api}: ${failure.sentence}`, { hint: failure.hint ?? '' })
    this.code = code
    this.api = api
    this.errorCode = failure.errorCode
    this.errorInfo = failure.errorInfo
    this.requestId = failure.requestId
    this.kind = failure.kind
    this.retryable = RETRYABLE.has(failure.kind)
    this.outcomeUnknown = failure.outcomeUnknown
    this.attempts = attempts
  }
}

const RETRYABLE = new Set<Failure['kind']>(['transport', 'rate', 'retry', 'once', 'usersig', 'wait', 'suspended'])
