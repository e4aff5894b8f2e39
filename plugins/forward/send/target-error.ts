/** Why a target has not taken a callback. Contains neither its path, which may be secret, nor the text of its answer. */
export class TargetError extends Error {
  override readonly name = 'TargetError'
  readonly code: 'TARGET_UNREACHABLE' | 'TARGET_REFUSED' | 'TARGET_ANSWER_INVALID' | 'TARGET_HELD'

  constructor(code: TargetError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
