import type { ServerResponse } from 'node:http'
import { OK } from '../../protocol/envelope.ts'

const TYPE = 'application/json'
const OK_HEADERS = ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(OK))]

/**
 * Sends the JSON text of an envelope, head and body in one piece, where Koa would build the head from parts.
 * @param more headers, names and values in turn
 */
export function send(response: ServerResponse, status: number, text: string, more: readonly string[] = []): void {
  // The client may be gone.
  if (response.writableEnded || response.destroyed) return
  const isOk = text === OK
  const headers = isOk ? OK_HEADERS : ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(text))]
  response.writeHead(status, more.length > 0 ? [...headers, ...more] : headers)
  // Let go before the end, which has nothing to write then: one plain write in place of a vector of two.
  // The usual answer is ASCII, which need not be looked through for what is not.
  response.write(text, isOk ? 'latin1' : 'utf8')
  response.socket?.uncork()
  response.end()
}
