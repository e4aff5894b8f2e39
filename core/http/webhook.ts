import type { Dispatch } from '../dispatch.ts'
import { newId } from '../id.ts'
import { type Admission, type AdmittedApp, createAdmission } from './admission.ts'
import type { ReadBody } from './body.ts'
import { readParameters } from './parameters.ts'

export interface WebhookParts {
  readonly apps: readonly AdmittedApp[]
  readonly dispatch: Dispatch
}

/** When a request came, by both clocks. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  /** On the clock of `performance.now()`, milliseconds: the deadline runs from here. */
  readonly startedAt: number
}

export function now(): Moment {
  return { receivedAt: Date.now(), startedAt: performance.now() }
}

/** A request that may go on to its body. */
export interface Admitted extends Admission, Moment {
  readonly querystring: string
}

/**
 * What every callback passes, whichever way its request came (`short-way.ts` or, for all that is not ordinary, the routes
 * of `app.ts`): who asks, then the body, which the way reads, then the decision.
 */
export interface Webhook {
  /**
   * Who asks for what, by the URL alone. Nothing for the check of the URL.
   * @throws Refusal 400, 401 or 403
   */
  admit(querystring: string, moment: Moment): Admitted | undefined
  /** The answer to a callback whose body has been read. */
  decide(admitted: Admitted, read: ReadBody): ReturnType<Dispatch>
}

export function createWebhook({ apps, dispatch }: WebhookParts): Webhook {
  const admission = createAdmission(apps)

  return {
    admit(querystring, { receivedAt, startedAt }) {
      const admitted = admission(readParameters(querystring), receivedAt)
      if (!admitted) return undefined
      const { app, command, signed } = admitted
      return { app, command, signed, querystring, receivedAt, startedAt }
    },
    decide(admitted, { raw, body }) {
      const { app, command, signed, querystring, receivedAt, startedAt } = admitted
      const { sdkAppId } = app
      const id = newId(receivedAt)
      return dispatch({ id, sdkAppId, command, querystring, signed, raw, body, receivedAt, startedAt })
    },
  }
}
