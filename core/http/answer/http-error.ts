/** A request that is not accepted. A step of the webhook throws it; the answer is the envelope with this status. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly status: number
  /** The text of the body, if it was read. */
  readonly raw: string

  /** @param reason one line that names the fault and contains no secret */
  constructor(status: number, reason: string, raw = '') {
    // Nobody reads its stack, and capturing one is most of what a flood of refused requests would cost.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(reason)
    Error.stackTraceLimit = stackTraceLimit
    this.status = status
    this.raw = raw
  }
}

/** Closes the connection after the answer, because the rest of the body is not read. */
export class ClosingHttpError extends HttpError {}

/** A signed request whose RequestTime is outside the time window. */
export class ClockHttpError extends HttpError {
  /** Milliseconds by which RequestTime is behind our clock; negative if it is ahead. */
  readonly behindMs: number

  constructor(reason: string, behindMs: number) {
    super(401, reason)
    this.behindMs = behindMs
  }
}
