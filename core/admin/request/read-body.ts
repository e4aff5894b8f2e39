import type { Middleware } from 'koa'
import { isObject } from '../../lib/json.ts'
import { ApiFault } from './route.ts'

/** A test callback may carry the largest body that a server accepts by default, escaped as JSON. */
const LIMIT = '4mb'

let parser: Promise<Middleware> | undefined

/** Reads the body of a change: a JSON object; an empty body is one without members. */
export const readBody: Middleware = async (ctx, next) => {
  // Loaded on first use, so that it does not slow the start.
  parser ??= import('koa-bodyparser').then(({ default: bodyParser }) =>
    bodyParser({ enableTypes: ['json'], jsonLimit: LIMIT, detectJSON: () => true, strict: false }),
  )
  const parse = await parser
  try {
    await parse(ctx, async () => undefined)
  } catch (error) {
    const { status } = error as { status?: unknown }
    throw new ApiFault(400, status === 413 ? `body: expected at most ${LIMIT}` : 'body: expected a JSON object')
  }
  if (!isObject(ctx.request.body)) throw new ApiFault(400, 'body: expected a JSON object')
  await next()
}
