import type { Context, Middleware } from 'koa'
import type { Bus } from '../bus.ts'
import type { Dispatch } from '../dispatch.ts'
import { newId } from '../id.ts'
import { OK } from '../protocol/envelope.ts'
import { type AdmittedApp, createAdmission } from './admission.ts'
import { createBodyReader } from './body.ts'
import { parseQuery } from './query.ts'
import { Refusal } from './refusal.ts'

export interface WebhookParts {
  readonly apps: readonly AdmittedApp[]
  readonly dispatch: Dispatch
  readonly bus: Bus
  /** Bytes. */
  readonly bodyLimit: number
}

/** The way of a callback: read the URL, check who asks, read the body, dispatch, answer. */
export function webhook({ apps, dispatch, bus, bodyLimit }: WebhookParts): Middleware {
  const admit = createAdmission(apps)
  const readBody = createBodyReader(bodyLimit)

  return async (ctx) => {
    const startedAt = performance.now()
    const receivedAt = Date.now()
    if (ctx.method !== 'POST') {
      ctx.set('Allow', 'POST')
      throw new Refusal(405, `method: expected POST, got ${ctx.method}`)
    }
    const query = parseQuery(ctx.querystring)
    const admission = admit(query, receivedAt)
    if (!admission) return answer(ctx, 200, OK)
    const { app, command, signed } = admission
    ctx.state['about'] = { sdkAppId: app.sdkAppId, command }
    const { raw, body } = await readBody(ctx)
    const id = newId(receivedAt)
    const { sdkAppId } = app
    const { status, text, reason } = await dispatch({
      id,
      sdkAppId,
      command,
      query,
      signed,
      raw,
      body,
      receivedAt,
      startedAt,
    })
    if (reason !== undefined) bus.emit('callback:rejected', { status, reason, sdkAppId, command })
    answer(ctx, status, text)
  }
}

/** Sends the JSON text of an envelope. */
export function answer(ctx: Context, status: number, text: string): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.body = text
}
