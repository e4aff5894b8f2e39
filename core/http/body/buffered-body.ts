import type { IncomingMessage } from 'node:http'
import type { PendingBody } from './body-budget.ts'
import { charsetOf } from './charset.ts'
import { cutOff } from './inflate.ts'
import { textOf } from './decode-utf8.ts'

/** Digits of a length: every one of so many counts. */
const MOST_DIGITS = 15
const ZERO = '0'.charCodeAt(0)

/**
 * The length of a body that can be read as it comes: neither compressed, of another charset nor of unknown length. Undefined for all others,
 * which koa-bodyparser or the inflater takes.
 */
export function bufferedLength(request: IncomingMessage): number | undefined {
  const { headers } = request
  const { 'content-length': length, 'content-encoding': encoding } = headers
  if (length === undefined || (encoding && encoding.toLowerCase() !== 'identity')) return undefined
  return charsetOf(request) === undefined ? readDigits(length) : undefined
}

/** The number that a text is, in a third of a regular expression's time; undefined where it holds more than digits. */
function readDigits(text: string): number | undefined {
  if (text.length === 0 || text.length > MOST_DIGITS) return undefined
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  return value
}

/** The text of a body that is there already, as most are once the event loop has been round; else undefined. */
export function bufferedText(request: IncomingMessage, length: number): string | undefined {
  if (!request.complete || request.readableLength !== length) return undefined
  const bytes = request.read() as Buffer | null
  return bytes ? textOf(bytes) : undefined
}

/**
 * The text of a body of known length, in as many pieces as it comes. In place of koa-bodyparser's four layers, with the
 * same result.
 * @throws HttpError 400 where it is cut off
 */
export function readBuffered(request: IncomingMessage, pending: PendingBody): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    if (request.destroyed && !request.readableEnded) reject(cutOff())
    request.on('data', (piece: Buffer) => {
      if (pending.add(piece.length)) pieces.push(piece)
      else pieces.length = 0
    })
    // Node's parser has seen to it that this is as long as Content-Length says.
    request.on('end', () => resolve(textOf(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces))))
    request.on('error', () => reject(cutOff()))
    request.on('close', () => reject(cutOff()))
  })
}
