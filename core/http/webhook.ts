import type { Context, Middleware } from 'koa'
import { OK } from '../protocol/envelope.ts'
import { createBodyReader } from './body.ts'
import type { Reception } from './reception.ts'
import { Refusal } from './refusal.ts'

/** The way of a callback: read the URL, check who asks, read the body, dispatch, answer. */
export function webhook(reception: Reception, bodyLimit: number): Middleware {
  const readBody = createBodyReader(bodyLimit)

  return async (ctx) => {
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST')
      throw new Refusal(405, `method: expected POST, got ${ctx.method}`)
    }
    const admitted = reception.admit(ctx.querystring)
    if (!admitted) return answer(ctx, 200, OK)
    const { app, command } = admitted
    ctx.state['about'] = { sdkAppId: app.sdkAppId, command }
    const { status, text } = await reception.decide(admitted, await readBody(ctx))
    answer(ctx, status, text)
  }
}

/** Sends the JSON text of an envelope. */
export function answer(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.body = text
}
