import type { IncomingMessage } from 'node:http'
import type { Answer } from '../answer.ts'
import type { AuthenticatedRequest, ReadBody, StoredCallback } from '../callback/callback.ts'
import type { Dispatch } from '../dispatch.ts'
import { newId } from '../lib/id.ts'
import type { Authenticator, RequestTimes } from './request/authenticate.ts'
import type { ErrorReporter } from './answer/error-reporter.ts'
import { HttpError } from './answer/http-error.ts'
import type { Reply } from './answer/send-envelope.ts'
import { strayEvent } from './request/stray-event.ts'

export interface WebhookDeps {
  readonly authenticator: Authenticator
  readonly dispatch: Dispatch
  /** Records refused callbacks for the history. Best effort. */
  readonly recordRefused: (callback: StoredCallback, reason: string) => void
}

export function now(): RequestTimes {
  return { receivedAt: Date.now(), startedAt: performance.now() }
}

/**
 * The steps that every callback passes, on the fast path (`fast-path.ts`) or the Koa route (`koa-route.ts`):
 * authenticate by the head; read the body (the only step in which they differ); decide; reply.
 */
export interface Webhook {
  /**
   * Authenticates by the method and the URL alone. Returns undefined if the URL has no CallbackCommand.
   * @throws HttpError 400, 401, 403 or 405
   */
  authenticate(method: string, querystring: string, times: RequestTimes): AuthenticatedRequest | undefined
  /** Dispatches a callback whose body has been read, and returns the answer. */
  readonly decide: Dispatch
  /** Returns the reply with an answer. Reports an answer without a decision. */
  reply(answer: Answer, request: IncomingMessage, authenticated: AuthenticatedRequest): Reply
  /** Returns the reply to an authenticated request that has failed, and reports and records it. */
  replyToError(error: unknown, request: IncomingMessage, authenticated: AuthenticatedRequest): Reply
  /**
   * Checks a request without a CallbackCommand. The console's check of the URL passes, and so does everything that is not
   * an event.
   * @param read undefined if the body is not a JSON object, or too large for a check of the URL
   * @throws HttpError 400 for an event, which is recorded if its sender is known
   */
  checkUrl(querystring: string, times: RequestTimes, read: ReadBody | undefined): void
}

export function createWebhook(
  { authenticator, dispatch, recordRefused }: WebhookDeps,
  reporter: ErrorReporter,
): Webhook {
  const record = (request: AuthenticatedRequest, command: string, { raw, message }: HttpError): void => {
    const { sdkAppId, query, signed, receivedAt } = request
    recordRefused({ id: newId(receivedAt), sdkAppId, command, query, signed, raw, receivedAt }, message)
  }

  return {
    authenticate(method, querystring, times) {
      if (method !== 'POST') throw new HttpError(405, `method: expected POST, got ${method}`)
      return authenticator.authenticate(querystring, times)
    },
    decide: dispatch,
    reply(answer, request, { sdkAppId, command }) {
      return answer.reason === undefined ? answer : reporter.reportUndecided(answer, request, { sdkAppId, command })
    },
    replyToError(error, request, authenticated) {
      const { sdkAppId, command } = authenticated
      if (error instanceof HttpError && error.status < 500) record(authenticated, command, error)
      return reporter.report(error, request, { sdkAppId, command })
    },
    checkUrl(querystring, times, read) {
      const stray = strayEvent(querystring, read?.body)
      if (!stray) return
      const httpError = new HttpError(400, stray.reason, read?.raw)
      const sender = authenticator.senderOf(querystring, times)
      if (sender) record(sender, stray.command, httpError)
      throw httpError
    },
  }
}
