import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import { createBodyReader } from './body.ts'
import type { BodyBudget } from './body-budget.ts'
import type { Refuser } from './refuser.ts'
import { now, type Webhook } from './webhook.ts'
import { Refusal } from './refusal.ts'

export interface RouteParts {
  readonly webhook: Webhook
  /** Bytes. */
  readonly bodyLimit: number
  readonly budget: BodyBudget
  readonly refuser: Refuser
}

/** The webhook as a route of Koa: takes every method and form of body, and knows every answer. */
export function createRoute({ webhook, bodyLimit, budget, refuser }: RouteParts): Middleware {
  const readBody = createBodyReader(bodyLimit, budget)

  return async (ctx) => {
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST')
      throw new Refusal(405, `method: expected POST, got ${ctx.method}`)
    }
    const admitted = webhook.admit(ctx.querystring, now())
    if (!admitted) return answer(ctx, 200, OK)
    const { app, command } = admitted
    const about = { sdkAppId: app.sdkAppId, command }
    ctx.state['about'] = about
    const decided = await webhook.decide(admitted, await readBody(ctx))
    if (decided.reason !== undefined) ctx.set('x-request-id', refuser.undecided(decided, ctx.req, about).requestId)
    answer(ctx, decided.status, decided.text)
  }
}

/** Sends the JSON text of an envelope. */
export function answer(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.body = text
}
