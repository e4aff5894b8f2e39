import type { ServerResponse } from 'node:http'
import { OK } from '../../protocol/envelope.ts'

const TYPE = 'application/json'
const OK_HEADERS = ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(OK))]

/**
 * Sends the JSON text of an envelope. Head and body are written in one piece.
 * @param extraHeaders alternating names and values
 */
export function send(
  response: ServerResponse,
  status: number,
  text: string,
  extraHeaders: readonly string[] = [],
): void {
  // The client may have disconnected.
  if (response.writableEnded || response.destroyed) return
  const isOk = text === OK
  const headers = isOk ? OK_HEADERS : ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(text))]
  response.writeHead(status, extraHeaders.length > 0 ? [...headers, ...extraHeaders] : headers)
  // Uncorking before end() makes one plain write instead of a vector of two. The usual answer is ASCII, so latin1 skips
  // the scan for other characters.
  response.write(text, isOk ? 'latin1' : 'utf8')
  response.socket?.uncork()
  response.end()
}
