import type { Context } from 'koa'

/** Answers with JSON that must not be cached. */
export function answerJson(ctx: Pick<Context, 'status' | 'body' | 'set'>, status: number, body: object): void {
  ctx.status = status
  ctx.set('Content-Type', 'application/json')
  ctx.set('Cache-Control', 'no-store')
  ctx.body = JSON.stringify(body)
}
