import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import type { ReadBody } from '../callback/callback.ts'
import { createBodyReader } from './body/read-body.ts'
import type { BodyBudget } from './body/body-budget.ts'
import { now, type Webhook } from './webhook.ts'
import { HttpError } from './answer/http-error.ts'
import { sendByKoa } from './answer/send-envelope.ts'

/** Largest body, in bytes, that is read without a CallbackCommand: the console's check is never longer. */
const CHECK_LIMIT = 64 * 1024
/** Statuses for a body that is no JSON object, too large or in an unknown encoding. */
const NO_EVENT: readonly number[] = [400, 413, 415]

export interface RouteDeps {
  readonly webhook: Webhook
  /** Bytes. */
  readonly bodyLimit: number
  readonly budget: BodyBudget
  readonly paths: ReadonlySet<string>
}

/** Creates the webhook as a Koa route. It accepts every method and form of body, and knows every answer. */
export function createRoute({ webhook, bodyLimit, budget }: RouteDeps): Middleware {
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
    const times = now()
    const authenticated = webhook.authenticate(ctx.method, ctx.querystring, times)
    if (!authenticated) {
      webhook.checkUrl(ctx.querystring, times, await readCheck(ctx))
      return sendByKoa(ctx, { status: 200, text: OK })
    }
    try {
      const answer = await webhook.decide(authenticated, await readBody(ctx))
      sendByKoa(ctx, webhook.reply(answer, ctx.req, authenticated))
    } catch (error) {
      sendByKoa(ctx, webhook.replyToError(error, ctx.req, authenticated))
    }
  }
}
