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
  /** Keeps what is refused, for those who want to know of it: best effort. */
  readonly recordRefused: (callback: Incoming, reason: string) => void
}

/** When a request came, by both clocks. */
export interface RequestTimes {
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** On the clock of `performance.now()`, milliseconds: the deadline runs from here. */
  readonly startedAt: number
}

export function now(): RequestTimes {
  return { receivedAt: Date.now(), startedAt: performance.now() }
}

/** A request that may go on to its body. */
export interface AuthenticatedRequest extends RequestIdentity, RequestTimes {}

/**
 * What every callback passes, whichever way its request came (`short-way.ts` or, for all that is not ordinary, the routes
 * of `app.ts`): who asks, then the body, which the way reads, then the decision.
 */
export interface Webhook {
  /**
   * Who asks for what, by the URL alone; nothing where it has no CallbackCommand.
   * @throws HttpError 400, 401 or 403
   */
  authenticate(querystring: string, times: RequestTimes): AuthenticatedRequest | undefined
  /** The answer to a callback whose body has been read. */
  decide(authenticated: AuthenticatedRequest, read: ReadBody): ReturnType<Dispatch>
  /** Keeps a callback that was admitted and is refused all the same. */
  refuse(authenticated: AuthenticatedRequest, error: unknown): void
  /**
   * Looks at a request without a CallbackCommand: the console's check of the URL, and whatever else is no event, passes.
   * @param read undefined where the body is no JSON object, or too large for a check
   * @throws HttpError 400 for an event, which is kept where its sender is known
   */
  checkUrl(querystring: string, times: RequestTimes, read: ReadBody | undefined): void
}

export function createWebhook({ apps, dispatch, recordRefused }: WebhookDeps): Webhook {
  const authenticator = createAuthenticator(apps)
  const keep = (
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
    refuse(authenticated, error) {
      if (error instanceof HttpError && error.status < 500)
        keep(authenticated, authenticated, authenticated.command, error)
    },
    checkUrl(querystring, times, read) {
      const stray = strayEvent(querystring, read?.body)
      if (!stray) return
      const refusal = new HttpError(400, stray.reason, read?.raw)
      const sender = authenticator.senderOf(querystring, times.receivedAt)
      if (sender) keep(sender, times, stray.command, refusal)
      throw refusal
    },
  }
}
