import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import type { ReadBody } from '../callback/callback.ts'
import { createBodyReader } from './body/read-body.ts'
import type { BodyBudget } from './body/body-budget.ts'
import type { ErrorReporter } from './answer/error-reporter.ts'
import { now, type Webhook } from './webhook.ts'
import { HttpError } from './answer/http-error.ts'

/** Largest body, in bytes, that is read without a CallbackCommand: the console's check is never longer. */
const CHECK_LIMIT = 64 * 1024
/** Statuses for a body that is no JSON object, too large or in an unknown encoding. */
const NO_EVENT: readonly number[] = [400, 413, 415]

export interface RouteDeps {
  readonly webhook: Webhook
  /** Bytes. */
  readonly bodyLimit: number
  readonly budget: BodyBudget
  readonly reporter: ErrorReporter
}

/** Creates the webhook as a Koa route. It accepts every method and form of body, and knows every answer. */
export function createRoute({ webhook, bodyLimit, budget, reporter }: RouteDeps): Middleware {
  const readBody = createBodyReader(bodyLimit, budget)
  const readSmall = createBodyReader(Math.min(bodyLimit, CHECK_LIMIT), budget)

  /** Reads the body of a request without a CallbackCommand. Returns undefined if it is no JSON object. */
  const readCheck = async (ctx: Context): Promise<ReadBody | undefined> => {
    try {
      return await readSmall(ctx)
    } catch (error) {
      if (error instanceof HttpError && NO_EVENT.includes(error.status)) return undefined
      throw error
    }
  }

  return async (ctx) => {
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST')
      throw new HttpError(405, `method: expected POST, got ${ctx.method}`)
    }
    const times = now()
    const authenticated = webhook.authenticate(ctx.querystring, times)
    if (!authenticated) {
      webhook.checkUrl(ctx.querystring, times, await readCheck(ctx))
      return answer(ctx, 200, OK)
    }
    const { sdkAppId, command } = authenticated
    const about = { sdkAppId, command }
    ctx.state['about'] = about
    try {
      const decided = await webhook.decide(authenticated, await readBody(ctx))
      if (decided.reason !== undefined)
        ctx.set('x-request-id', reporter.reportUndecided(decided, ctx.req, about).requestId)
      answer(ctx, decided.status, decided.text)
    } catch (error) {
      webhook.recordError(authenticated, error)
      throw error
    }
  }
}

/** Sends the JSON text of an envelope. */
export function answer(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.body = text
}
