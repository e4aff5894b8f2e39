/** Why a target has not taken a callback. Holds neither the target's path, which may be secret, nor its answer's text. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: 'TARGET_UNREACHABLE' | 'TARGET_REFUSED' | 'TARGET_ANSWER_INVALID' | 'TARGET_HELD'

  constructor(code: TargetError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
