import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import { createBodyReader } from './body.ts'
import { now, type Webhook } from './webhook.ts'
import { Refusal } from './refusal.ts'

/** The webhook as a route of Koa: takes every method and form of body, and knows every answer. */
export function createRoute(webhook: Webhook, bodyLimit: number): Middleware {
  const readBody = createBodyReader(bodyLimit)

  return async (ctx) => {
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST')
      throw new Refusal(405, `method: expected POST, got ${ctx.method}`)
    }
    const admitted = webhook.admit(ctx.querystring, now())
    if (!admitted) return answer(ctx, 200, OK)
    const { app, command } = admitted
    ctx.state['about'] = { sdkAppId: app.sdkAppId, command }
    const { status, text } = await webhook.decide(admitted, await readBody(ctx))
    answer(ctx, status, text)
  }
}

/** Sends the JSON text of an envelope. */
export function answer(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.body = text
}
