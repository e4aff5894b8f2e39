import type { Incoming } from '../callback/callback.ts'
import type { Dispatch } from '../dispatch.ts'
import { newId } from '../lib/id.ts'
import { type Admission, type AdmittedApp, createAdmissions } from './request/authenticate.ts'
import type { ReadBody } from './body/read-body.ts'
import { HttpError } from './answer/http-error.ts'
import { strayEvent } from './request/stray-event.ts'

export interface WebhookParts {
  readonly apps: readonly AdmittedApp[]
  readonly dispatch: Dispatch
  /** Keeps what is refused, for those who want to know of it: best effort. */
  readonly keepRefused: (callback: Incoming, reason: string) => void
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
export interface Admitted extends Admission, RequestTimes {}

/**
 * What every callback passes, whichever way its request came (`short-way.ts` or, for all that is not ordinary, the routes
 * of `app.ts`): who asks, then the body, which the way reads, then the decision.
 */
export interface Webhook {
  /**
   * Who asks for what, by the URL alone; nothing where it has no CallbackCommand.
   * @throws Refusal 400, 401 or 403
   */
  authenticate(querystring: string, moment: RequestTimes): Admitted | undefined
  /** The answer to a callback whose body has been read. */
  decide(admitted: Admitted, read: ReadBody): ReturnType<Dispatch>
  /** Keeps a callback that was admitted and is refused all the same. */
  refuse(admitted: Admitted, error: unknown): void
  /**
   * Looks at a request without a CallbackCommand: the console's check of the URL, and whatever else is no event, passes.
   * @param read undefined where the body is no JSON object, or too large for a check
   * @throws Refusal 400 for an event, which is kept where its sender is known
   */
  checkUrl(querystring: string, moment: RequestTimes, read: ReadBody | undefined): void
}

export function createWebhook({ apps, dispatch, keepRefused }: WebhookParts): Webhook {
  const admissions = createAdmissions(apps)
  const keep = (
    admission: Admission,
    { receivedAt, startedAt }: RequestTimes,
    command: string,
    error: HttpError,
  ): void => {
    const { app, signed, querystring } = admission
    const about = { id: newId(receivedAt), sdkAppId: app.sdkAppId, command, querystring, signed }
    keepRefused({ ...about, raw: error.raw, body: {}, receivedAt, startedAt }, error.message)
  }

  return {
    authenticate(querystring, { receivedAt, startedAt }) {
      const admission = admissions.authenticate(querystring, receivedAt)
      if (!admission) return undefined
      const { app, command, signed, querystring: query } = admission
      return { app, command, signed, querystring: query, receivedAt, startedAt }
    },
    decide(admitted, { raw, body }) {
      const { app, command, signed, querystring, receivedAt, startedAt } = admitted
      const { sdkAppId } = app
      const id = newId(receivedAt)
      return dispatch({ id, sdkAppId, command, querystring, signed, raw, body, receivedAt, startedAt })
    },
    refuse(admitted, error) {
      if (error instanceof HttpError && error.status < 500) keep(admitted, admitted, admitted.command, error)
    },
    checkUrl(querystring, moment, read) {
      const stray = strayEvent(querystring, read?.body)
      if (!stray) return
      const refusal = new HttpError(400, stray.reason, read?.raw)
      const sender = admissions.senderOf(querystring, moment.receivedAt)
      if (sender) keep(sender, moment, stray.command, refusal)
      throw refusal
    },
  }
}
