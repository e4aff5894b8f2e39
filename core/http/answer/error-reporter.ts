import type { IncomingMessage } from 'node:http'
import type { Bus } from '../../observe/bus.ts'
import { errorEnvelope } from '../../protocol/envelope.ts'
import { ClockHttpError, ClosingHttpError, HttpError } from './http-error.ts'
import { requesterOf, type TrustedProxies } from './requester.ts'
import type { Reply } from './send-envelope.ts'

export interface ErrorReporter {
  /**
   * Turns a thrown error into an answer and emits the event. An HttpError carries its answer, anything else gets a
   * 500 without details.
   */
  report(error: unknown, request: IncomingMessage, about?: object): Reply
  /** Emits the event of an answer without a decision. */
  reportUndecided(
    answer: { status: number; text: string; reason?: string },
    request: IncomingMessage,
    about: object,
  ): Reply
}

export function createErrorReporter(bus: Bus, proxies: TrustedProxies = 0): ErrorReporter {
  return {
    report(error, request, about) {
      const httpError = httpErrorOf(error)
      const status = httpError?.status ?? 500
      const reason = httpError?.message ?? 'internal error'
      if (!httpError) bus.emit('server:failed', { error })
      const requester = requesterOf(request, proxies)
      const skew = httpError instanceof ClockHttpError && { clockSkewMs: httpError.behindMs }
      bus.emit('callback:rejected', { status, reason, ...requester, ...about, ...skew })
      const closes = httpError instanceof ClosingHttpError
      return { status, text: errorEnvelope(status, reason), requestId: requester.requestId, closes }
    },
    reportUndecided({ status, text, reason = '' }, request, about) {
      const requester = requesterOf(request, proxies)
      bus.emit('callback:rejected', { status, reason, ...requester, ...about })
      return { status, text, requestId: requester.requestId }
    },
  }
}

function httpErrorOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error
  // Koa parses the URL when its path is first read, and Node's parser accepts invalid ones.
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ERR_INVALID_URL' ? new HttpError(400, 'request: its target is not a URL') : undefined
}
