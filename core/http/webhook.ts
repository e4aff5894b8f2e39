import type { Incoming } from '../callback/callback.ts'
import type { Dispatch } from '../dispatch.ts'
import { newId } from '../lib/id.ts'
import { type RequestIdentity, type AppCredentials, createAuthenticator } from './request/authenticate.ts'
import type { ReadBody } from './body/read-body.ts'
import { HttpError } from './answer/http-error.ts'
import { strayEvent } from './request/stray-event.ts'

export interface WebhookDeps {
  readonly apps: readonly AppCredentials[]
  readonly dispatch: Dispatch
  /** Records refused callbacks for the history. Best effort. */
  readonly recordRefused: (callback: Incoming, reason: string) => void
}

/** The time of arrival, on both clocks. */
export interface RequestTimes {
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** On the clock of `performance.now()`, milliseconds. The deadline counts from here. */
  readonly startedAt: number
}

export function now(): RequestTimes {
  return { receivedAt: Date.now(), startedAt: performance.now() }
}

/** A request that has passed authentication; its body has not been read. */
export interface AuthenticatedRequest extends RequestIdentity, RequestTimes {}

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
  decide(authenticated: AuthenticatedRequest, read: ReadBody): ReturnType<Dispatch>
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
  const record = (
    identity: RequestIdentity,
    { receivedAt, startedAt }: RequestTimes,
    command: string,
    error: HttpError,
  ): void => {
    const { app, signed, querystring } = identity
    const about = { id: newId(receivedAt), sdkAppId: app.sdkAppId, command, querystring, signed }
    recordRefused({ ...about, raw: error.raw, body: {}, receivedAt, startedAt }, error.message)
  }

  return {
    authenticate(querystring, { receivedAt, startedAt }) {
      const identity = authenticator.authenticate(querystring, receivedAt)
      if (!identity) return undefined
      const { app, command, signed, querystring: query } = identity
      return { app, command, signed, querystring: query, receivedAt, startedAt }
    },
    decide(authenticated, { raw, body }) {
      const { app, command, signed, querystring, receivedAt, startedAt } = authenticated
      const { sdkAppId } = app
      const id = newId(receivedAt)
      return dispatch({ id, sdkAppId, command, querystring, signed, raw, body, receivedAt, startedAt })
    },
    recordError(authenticated, error) {
      if (error instanceof HttpError && error.status < 500)
        record(authenticated, authenticated, authenticated.command, error)
    },
    checkUrl(querystring, times, read) {
      const stray = strayEvent(querystring, read?.body)
      if (!stray) return
      const httpError = new HttpError(400, stray.reason, read?.raw)
      const sender = authenticator.senderOf(querystring, times.receivedAt)
      if (sender) record(sender, times, stray.command, httpError)
      throw httpError
    },
  }
}
