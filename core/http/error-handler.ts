import type { Middleware } from 'koa'
import type { Refuser } from './answer/refuser.ts'
import { answer } from './koa-route.ts'

/** Turns the errors of later middleware into answers. */
export function refuse(refuser: Refuser): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { closes, status, text, requestId } = refuser.thrown(
        error,
        ctx.req,
        ctx.state['about'] as object | undefined,
      )
      if (closes) ctx.set('Connection', 'close')
      ctx.set('x-request-id', requestId)
      answer(ctx, status, text)
    }
  }
}
