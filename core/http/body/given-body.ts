import type { Context } from 'koa'
import { charsetOf, decodeAs } from './charset.ts'
import { textOf } from './decode-utf8.ts'
import { tooLarge } from './inflate.ts'
import { HttpError } from '../answer/http-error.ts'

const GONE =
  'body: something before timhook has read it and kept nothing; mount timhook before the body parser, or keep the text in req.rawBody or the parsed body in req.body'

/**
 * Returns the body that an earlier parser has read: the text in `rawBody`, else the value in `body`, of Koa's request or
 * of Node's. A parsed body lacks the digits of integers beyond 2^53.
 * @throws HttpError 413, or 500 if the parser kept nothing
 */
export function givenBody(ctx: Context, limit: number): { raw: string; body?: unknown } {
  const { rawBody, body } = ctx.req as { rawBody?: unknown; body?: unknown }
  for (const given of [ctx.request.rawBody, rawBody, ctx.request.body, body]) {
    const text = textGiven(given, ctx)
    if (text === undefined && !isParsed(given)) continue
    const raw = text ?? JSON.stringify(given)
    if (Buffer.byteLength(raw) > limit) throw tooLarge()
    return text === undefined ? { raw, body: given } : { raw }
  }
  throw new HttpError(500, GONE)
}

function textGiven(given: unknown, ctx: Context): string | undefined {
  if (typeof given === 'string') return given
  if (!(given instanceof Uint8Array)) return undefined
  const charset = charsetOf(ctx.req)
  return charset ? decodeAs(charset, Buffer.from(given)) : textOf(Buffer.from(given))
}

function isParsed(given: unknown): given is object {
  return typeof given === 'object' && given !== null
}
