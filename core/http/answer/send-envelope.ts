import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Context } from 'koa'
import { OK } from '../../protocol/envelope.ts'

/** The answer to a request: the JSON text of an envelope, and its headers besides type and length. */
export interface Reply {
  readonly status: number
  readonly text: string
  /** For the header `x-request-id`. Only errors have one. */
  readonly requestId?: string
  /** Whether to close the connection. */
  readonly closes?: boolean
}

const TYPE = 'application/json'
const OK_HEADERS = ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(OK))]

/** Answers a request of node:http. Head and body are written in one piece. */
export function send(response: ServerResponse, reply: Reply): void {
  // The client may have disconnected.
  if (response.writableEnded || response.destroyed) return
  const { status, text } = reply
  const isOk = text === OK
  const headers = isOk ? OK_HEADERS : ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(text))]
  response.writeHead(status, reply.requestId === undefined ? headers : [...headers, ...headersOf(reply)])
  // Uncorking before end() makes one plain write instead of a vector of two. The usual answer is ASCII, so latin1 skips
  // the scan for other characters.
  response.write(text, isOk ? 'latin1' : 'utf8')
  response.socket?.uncork()
  response.end()
}

/** Answers a request of Koa, whose outer middleware may add to the answer. */
export function sendByKoa(ctx: Context, reply: Reply): void {
  const headers = headersOf(reply)
  for (let at = 0; at < headers.length; at += 2) ctx.set(headers[at] ?? '', headers[at + 1] ?? '')
  ctx.status = reply.status
  ctx.set('Content-Type', TYPE)
  ctx.body = reply.text
}

/** Answers when Node has created no response, and closes the connection. */
export function sendAndClose(socket: Duplex, reply: Reply): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, text } = reply
  const headers = ['Content-Type', TYPE, 'Content-Length', String(Buffer.byteLength(text))]
  headers.push(...headersOf({ ...reply, closes: true }))
  const lines = headers.flatMap((name, at) => (at % 2 === 0 ? `${name}: ${headers[at + 1]}` : []))
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${text}`, () =>
    socket.destroy(),
  )
}

/** The headers besides type and length: names and values alternately. */
function headersOf({ status, requestId, closes = false }: Reply): string[] {
  return [
    ...(status === 405 ? ['Allow', 'POST'] : []),
    ...(requestId === undefined ? [] : ['x-request-id', requestId]),
    ...(closes ? ['Connection', 'close'] : []),
  ]
}
