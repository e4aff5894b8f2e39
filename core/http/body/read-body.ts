import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import type bodyParser from 'koa-bodyparser'
import type { ReadBody } from '../../callback/callback.ts'
import { isObject, mayHoldBigInteger, parseJson } from '../../lib/json.ts'
import type { BodyBudget, PendingBody } from './body-budget.ts'
import { charsetOf, decodeAs } from './charset.ts'
import { givenBody } from './given-body.ts'
import { cutOff, readBytes, tooLarge } from './inflate.ts'
import { bufferedLength, readBuffered } from './buffered-body.ts'
import { HttpError } from '../answer/http-error.ts'
import { textOf } from './decode-utf8.ts'

/** Creates the reader of bodies up to `limit` bytes. It throws HttpError 400, 408, 413, 415 or 503. */
export function createBodyReader(limit: number, budget: BodyBudget): (ctx: Context) => Promise<ReadBody> {
  const options: bodyParser.Options & { strict: boolean; onProtoPoisoning: 'ignore' } = {
    enableTypes: ['json'],
    jsonLimit: `${limit}b`,
    // Tencent does not document its content type: every body is parsed as JSON.
    detectJSON: () => true,
    // Accepts arrays, numbers and null here, so that our error names them instead of the parser's.
    strict: false,
    // A key `__proto__` is plain data: nothing merges bodies into other objects.
    onProtoPoisoning: 'ignore',
  }
  let parser: Promise<Middleware> | undefined
  const parse = async (ctx: Context, pending: PendingBody): Promise<void> => {
    // Loaded on first use: hardly any body needs it, and it would slow the start.
    parser ??= import('koa-bodyparser').then(({ default: bodyParser }) => bodyParser(options))
    const handle = await parser
    // The parser would wait for an `end` event that has already passed.
    if (ctx.req.destroyed && !ctx.req.readableEnded) throw cutOff()
    ctx.req.on('data', (piece: Buffer) => void pending.add(piece.length))
    await handle(ctx, nothing)
  }

  const read = async (ctx: Context, pending: PendingBody): Promise<{ raw: string | undefined; body?: unknown }> => {
    // The parser takes a length of 2^31 or more for a negative number.
    if (Number(ctx.get('Content-Length')) > limit) throw tooLarge()
    const encoding = ctx.get('Content-Encoding').toLowerCase()
    if (ctx.req.readableDidRead || ctx.req.readableEnded) return givenBody(ctx, limit)
    if (bufferedLength(ctx.req) !== undefined) return { raw: await bufferedTextOf(ctx.req, pending) }
    const charset = charsetOf(ctx.req)
    if (charset || (encoding && encoding !== 'identity')) {
      const bytes = await readBytes(ctx.req, encoding, limit, pending)
      return { raw: charset ? decodeAs(charset, bytes) : textOf(bytes) }
    }
    // An earlier parser may have set it without reading the body. Ours would then skip the body.
    ctx.request.body = undefined
    // The parser does not recognise this spelling of identity.
    if (encoding) delete ctx.req.headers['content-encoding']
    await parse(ctx, pending)
    const { rawBody, body } = ctx.request
    return { raw: rawBody ?? JSON.stringify(body), body }
  }

  return async (ctx) => {
    const { raw, body } = await withinBudget(ctx.req, budget, (pending) => read(ctx, pending))
    return readObject(raw, body)
  }
}

/**
 * Reads a body within its time limit and the memory limit of all bodies.
 * @throws HttpError 400, 408, 413, 415 or 503
 */
async function withinBudget<T>(
  request: IncomingMessage,
  budget: BodyBudget,
  read: (pending: PendingBody) => Promise<T>,
): Promise<T> {
  let end: (error: HttpError) => void = () => undefined
  const ended = new Promise<never>((_resolve, reject) => (end = reject))
  const pending = budget.open(request, end)
  try {
    return await Promise.race([read(pending), ended])
  } catch (error) {
    // Discards the rest of the body, so that the connection can carry the next request.
    request.resume()
    throw httpErrorOf(error)
  } finally {
    pending.close()
  }
}

/**
 * Parses the text of a body into an object.
 * @param parsed the result of an earlier parser
 * @throws HttpError 400
 */
export function readObject(raw: string | undefined, parsed?: unknown): ReadBody {
  if (!raw) throw new HttpError(400, 'body: is empty; expected a JSON object')
  const body = parsed === undefined || mayHoldBigInteger(raw) ? parseText(raw) : parsed
  if (!isObject(body)) throw new HttpError(400, `body: expected a JSON object, got ${kindOf(body)}`, raw)
  return { raw, body }
}

function bufferedTextOf(request: IncomingMessage, pending: PendingBody): Promise<string> {
  return new Promise((read, failed) => readBuffered(request, pending, { read, failed }))
}

function parseText(raw: string): unknown {
  try {
    return parseJson(raw)
  } catch {
    throw notJson(raw)
  }
}

function httpErrorOf(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const { status, type } = error as { status?: unknown; type?: unknown }
  if (status === 413) return tooLarge()
  if (type === 'request.aborted' || type === 'request.size.invalid') return cutOff()
  return notJson()
}

function notJson(raw?: string): HttpError {
  return new HttpError(400, 'body: is not JSON', raw)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}

async function nothing(): Promise<void> {}
