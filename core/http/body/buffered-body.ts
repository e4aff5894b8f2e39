import type { IncomingMessage } from 'node:http'
import type { HttpError } from '../answer/http-error.ts'
import type { PendingBody } from './body-budget.ts'
import { charsetOf } from './charset.ts'
import { cutOff } from './inflate.ts'
import { textOf } from './decode-utf8.ts'

/** Every integer of this many digits is exact in a double. */
const MAX_DIGITS = 15
const ZERO = '0'.charCodeAt(0)

/**
 * Returns the length of a body that needs no decoding: not compressed, in UTF-8 and of known length. Returns undefined
 * for all others, which koa-bodyparser or the inflater reads.
 */
export function bufferedLength(request: IncomingMessage): number | undefined {
  const { headers } = request
  const { 'content-length': length, 'content-encoding': encoding } = headers
  if (length === undefined || (encoding && encoding.toLowerCase() !== 'identity')) return undefined
  return charsetOf(request) === undefined ? readDigits(length) : undefined
}

/** Parses digits in a third of a regular expression's time. Returns undefined for any other text. */
function readDigits(text: string): number | undefined {
  if (text.length === 0 || text.length > MAX_DIGITS) return undefined
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

/** Returns the text of a body that has already arrived, as most have after one tick. Otherwise undefined. */
export function bufferedText(request: IncomingMessage, length: number): string | undefined {
  if (!request.complete || request.readableLength !== length) return undefined
  const bytes = request.read() as Buffer | null
  return bytes ? textOf(bytes) : undefined
}

/** Waits for a body. Only the first call counts. */
export interface BodyListener {
  read(text: string): void
  failed(error: HttpError): void
}

/**
 * Reads a body of known length, in any number of chunks. Replaces koa-bodyparser's four layers with the same result.
 * Fails with 400 if the body is cut off.
 */
export function readBuffered(request: IncomingMessage, pending: PendingBody, listener: BodyListener): void {
  const pieces: Buffer[] = []
  if (request.destroyed && !request.readableEnded) listener.failed(cutOff())
  request.on('data', (piece: Buffer) => {
    if (pending.add(piece.length)) pieces.push(piece)
    else pieces.length = 0
  })
  // Node's parser guarantees that the length equals Content-Length.
  request.on('end', () => listener.read(textOf(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces))))
  // Also fires after an error and after the end. Creating an error for each body would cost more than reading it.
  request.on('close', () => {
    if (!request.readableEnded) listener.failed(cutOff())
  })
  request.on('error', ignore)
}

function ignore(): void {}
