import type { JsonObject } from '../../lib/json.ts'
import { kindOf, leavesOutcomeUnknown, type CodeKind } from './codes.ts'

/** A failed attempt. */
export interface Failure {
  /** Besides the kinds of codes: `transport`, no answer, but a retry may get one; `suspended` and `aborted`, not sent. */
  readonly kind: CodeKind | 'transport' | 'suspended' | 'aborted'
  /** Whether the command may still have taken effect. */
  readonly outcomeUnknown: boolean
  /** What went wrong, without secrets. */
  readonly sentence: string
  readonly hint?: string
  readonly errorCode?: number
  readonly errorInfo?: string
  readonly requestId?: string
}

const HINTS: Partial<Record<number, string>> = {
  60010: '`identifier` must be an administrator of the app, as set in the console.',
  60021: "Add this machine's address to the allow-list of the console.",
  60026: 'Set `region` to the one in which the app was created.',
  70001: "Check this machine's clock.",
  70009: '`secretKey` must be the key of this app, as the console shows it.',
  70020: 'Check `sdkAppId`, and set `region` to the one in which the app was created.',
}

/** Creates a Failure from an answer with an error code. `clean` removes texts of the request from Tencent's free text. */
export function failureOf(answer: JsonObject, errorCode: number, clean: (text: string) => string): Failure {
  const { ErrorInfo, RequestId } = answer
  const info = typeof ErrorInfo === 'string' && ErrorInfo !== '' ? clean(ErrorInfo) : undefined
  const hint = HINTS[errorCode]
  return {
    kind: kindOf(errorCode),
    outcomeUnknown: leavesOutcomeUnknown(errorCode),
    sentence: `refused with code ${errorCode}${info === undefined ? '' : ` (${info})`}`,
    errorCode,
    ...(info !== undefined && { errorInfo: info }),
    ...(typeof RequestId === 'string' && { requestId: clean(RequestId) }),
    ...(hint !== undefined && { hint }),
  }
}
