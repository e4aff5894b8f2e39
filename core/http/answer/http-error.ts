/** A request that is not accepted: thrown by a step of the webhook, answered as the envelope with this status. */
export class HttpError extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** The body's text, where it was read. */
  readonly raw: string

  /** @param reason one line that names the fault and nothing secret */
  constructor(status: number, reason: string, raw = '') {
    super(reason)
    this.status = status
    this.raw = raw
  }
}

/** One after which the connection is closed, since the rest of a body is not waited for. */
export class ClosingHttpError extends HttpError {}

/** One whose RequestTime is genuine, and outside of the window. */
export class ClockHttpError extends HttpError {
  /** How far RequestTime is behind our clock, in milliseconds; negative where it is ahead. */
  readonly behindMs: number

  constructor(reason: string, behindMs: number) {
    super(401, reason)
    this.behindMs = behindMs
  }
}
