import type { AuthenticatedRequest, ReadBody, StoredCallback } from '../callback/callback.ts'
import type { Dispatch } from '../dispatch.ts'
import { newId } from '../lib/id.ts'
import { type AppCredentials, createAuthenticator, type RequestTimes } from './request/authenticate.ts'
import { HttpError } from './answer/http-error.ts'
import { strayEvent } from './request/stray-event.ts'

export interface WebhookDeps {
  readonly apps: readonly AppCredentials[]
  readonly dispatch: Dispatch
  /** Records refused callbacks for the history. Best effort. */
  readonly recordRefused: (callback: StoredCallback, reason: string) => void
}

export function now(): RequestTimes {
  return { receivedAt: Date.now(), startedAt: performance.now() }
}

/**
 * The steps that every callback passes, on the fast path (`fast-path.ts`) or the Koa route (`koa-route.ts`):
 * authenticate by the URL; read the body, which the caller does; decide.
 */
export interface Webhook {
  /**
   * Authenticates by the URL alone. Returns undefined if the URL has no CallbackCommand.
   * @throws HttpError 400, 401 or 403
   */
  authenticate(querystring: string, times: RequestTimes): AuthenticatedRequest | undefined
  /** Dispatches a callback whose body has been read, and returns the answer. */
  readonly decide: Dispatch
  /** Records an authenticated callback that fails later. */
  recordError(authenticated: AuthenticatedRequest, error: unknown): void
  /**
   * Checks a request without a CallbackCommand. The console's check of the URL passes, and so does everything that is
   * no event.
   * @param read undefined if the body is no JSON object, or too large for a check of the URL
   * @throws HttpError 400 for an event, which is recorded if its sender is known
   */
  checkUrl(querystring: string, times: RequestTimes, read: ReadBody | undefined): void
}

export function createWebhook({ apps, dispatch, recordRefused }: WebhookDeps): Webhook {
  const authenticator = createAuthenticator(apps)
  const record = (request: AuthenticatedRequest, command: string, { raw, message }: HttpError): void => {
    const { sdkAppId, query, signed, receivedAt } = request
    recordRefused({ id: newId(receivedAt), sdkAppId, command, query, signed, raw, receivedAt }, message)
  }

  return {
    authenticate: (querystring, times) => authenticator.authenticate(querystring, times),
    decide: dispatch,
    recordError(authenticated, error) {
      if (error instanceof HttpError && error.status < 500) record(authenticated, authenticated.command, error)
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
