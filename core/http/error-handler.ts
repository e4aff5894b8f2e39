import type { Middleware } from 'koa'
import type { ErrorReporter } from './answer/error-reporter.ts'
import { answer } from './koa-route.ts'

/** Turns the errors of later middleware into answers. */
export function handleErrors(reporter: ErrorReporter): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      const { closes, status, text, requestId } = reporter.report(
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
