import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import type { AuthenticatedRequest, ReadBody } from '../callback/callback.ts'
import { createBodyReader } from './body/read-body.ts'
import type { BodyBudget } from './body/body-budget.ts'
import { checkHops, HOPS } from '../callback/hops.ts'
import { now, type Webhook } from './webhook.ts'
import { originOf, type TrustedProxies } from './answer/requester.ts'
import { HttpError } from './answer/http-error.ts'
import { sendByKoa } from './answer/send-envelope.ts'

/** Largest body, in bytes, that is read without a CallbackCommand: the console's check is never longer. */
const CHECK_LIMIT = 64 * 1024
/** Statuses for a body that is not a JSON object, too large or in an unknown encoding. */
const NO_EVENT: readonly number[] = [400, 413, 415]

export interface RouteDeps {
  readonly webhook: Webhook
  /** The name of this server in `timhook-hops`. */
  readonly instance: string
  /** Bytes. */
  readonly bodyLimit: number
  readonly budget: BodyBudget
  readonly paths: ReadonlySet<string>
  readonly proxies: TrustedProxies
}

/** Creates the webhook as a Koa route. It accepts every method and form of body, and knows every answer. */
export function createRoute({ webhook, instance, bodyLimit, budget, proxies }: RouteDeps): Middleware {
  const readBody = createBodyReader(bodyLimit, budget)
  const readSmall = createBodyReader(Math.min(bodyLimit, CHECK_LIMIT), budget)

  /** Reads the body of a request without a CallbackCommand. Returns undefined if it is not a JSON object. */
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
      const handedOn = withHops(authenticated, ctx.get(HOPS), instance)
      const answer = await webhook.decide(handedOn, await readBody(ctx), originOf(ctx.req, proxies))
      sendByKoa(ctx, webhook.reply(answer, ctx.req, authenticated))
    } catch (error) {
      sendByKoa(ctx, webhook.replyToError(error, ctx.req, authenticated))
    }
  }
}

/**
 * Adds the servers that have passed a callback on to its parameters, which are stored with it.
 * @throws HttpError 400 for a loop
 */
function withHops(request: AuthenticatedRequest, header: string, instance: string): AuthenticatedRequest {
  if (header === '') return request
  const checked = checkHops(header, instance)
  if (checked.fault !== undefined) throw new HttpError(400, checked.fault)
  return { ...request, query: `${request.query}&${HOPS}=${checked.hops}` }
}
