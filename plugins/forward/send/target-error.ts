/** Why a target has not taken a callback. Contains neither its path, which may be secret, nor the text of its answer. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: 'TARGET_UNREACHABLE' | 'TARGET_REFUSED' | 'TARGET_ANSWER_INVALID' | 'TARGET_HELD'

  constructor(code: TargetError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The error of a status that refuses a callback. */
export function refusedBy(origin: string, status: number): TargetError {
  const hint =
    status < 400
      ? '; redirects are not followed'
      : status === 401 || status === 403
        ? '; does it expect the token, secret or headers of this entry?'
        : ''
  return new TargetError('TARGET_REFUSED', `${origin} answered ${status}${hint}`)
}
