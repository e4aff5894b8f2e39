import type { Middleware } from 'koa'
import type { ErrorReporter } from './answer/error-reporter.ts'
import { sendByKoa } from './answer/send-envelope.ts'

/** Turns the errors of later middleware into answers. */
export function handleErrors(reporter: ErrorReporter): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      sendByKoa(ctx, reporter.report(error, ctx.req))
    }
  }
}
