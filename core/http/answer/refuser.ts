import type { IncomingMessage } from 'node:http'
import type { Bus } from '../../observe/bus.ts'
import { refused } from '../../protocol/envelope.ts'
import { ClockHttpError, ClosingHttpError, HttpError } from './http-error.ts'
import { requesterOf } from './requester.ts'

/** How a request is answered that is not accepted. */
export interface Refused {
  readonly status: number
  readonly text: string
  /** For the header `x-request-id`. */
  readonly requestId: string
  /** Whether the connection is to be closed. */
  readonly closes: boolean
}

export interface Refuser {
  /** Makes of what a step has thrown an answer, and tells the bus: a Refusal as it says, anything else as 500 without a word of it. */
  thrown(error: unknown, request: IncomingMessage, about?: object): Refused
  /** Tells the bus of an answer that decides nothing. */
  undecided(answer: { status: number; text: string; reason?: string }, request: IncomingMessage, about: object): Refused
}

/** @param proxies in front of us, which add to `X-Forwarded-For` */
export function createRefuser(bus: Bus, proxies = 0): Refuser {
  return {
    thrown(error, request, about) {
      const refusal = refusalOf(error)
      const status = refusal?.status ?? 500
      const reason = refusal?.message ?? 'internal error'
      if (!refusal) bus.emit('server:failed', { error })
      const requester = requesterOf(request, proxies)
      const skew = refusal instanceof ClockHttpError && { clockSkewMs: refusal.behindMs }
      bus.emit('callback:rejected', { status, reason, ...requester, ...about, ...skew })
      const closes = refusal instanceof ClosingHttpError
      return { status, text: refused(status, reason), requestId: requester.requestId, closes }
    },
    undecided({ status, text, reason = '' }, request, about) {
      const requester = requesterOf(request, proxies)
      bus.emit('callback:rejected', { status, reason, ...requester, ...about })
      return { status, text, requestId: requester.requestId, closes: false }
    },
  }
}

function refusalOf(error: unknown): HttpError | undefined {
  if (error instanceof HttpError) return error
  // Koa looks at the URL when it is first asked for its path, and Node's parser lets through what is none.
  const { code } = (error ?? {}) as { code?: unknown }
  return code === 'ERR_INVALID_URL' ? new HttpError(400, 'request: its target is no URL') : undefined
}
