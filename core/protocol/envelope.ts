/**
 * What Tencent gets back, for every callback and every status: these three keys in this order, then the fields of a
 * verdict (intl 34354). A before-callback is decided by ErrorCode; ActionStatus stays OK.
 */
export interface Envelope {
  readonly ActionStatus: 'OK' | 'FAIL'
  readonly ErrorInfo: string
  readonly ErrorCode: number
}

/** The answer to everything that needs no more than an acknowledgement, serialised once. */
export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

/** An answer that decides: `code` 0 allows, and then `fields` may rewrite. */
export function decided(code: number, info: string, fields?: object): string {
  if (code === 0 && info === '' && fields === undefined) return OK
  const envelope: Envelope = { ActionStatus: 'OK', ErrorInfo: info, ErrorCode: code }
  return JSON.stringify({ ...envelope, ...fields })
}

/** An answer that could not decide. `status` is the HTTP status, `info` one line that names the fault. */
export function errorEnvelope(status: number, info: string): string {
  const envelope: Envelope = { ActionStatus: 'FAIL', ErrorInfo: info, ErrorCode: status }
  return JSON.stringify(envelope)
}
