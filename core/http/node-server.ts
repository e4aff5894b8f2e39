import { createServer, type IncomingMessage, type RequestListener, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Bus } from '../bus.ts'
import { refused } from '../protocol/envelope.ts'
import { lastResponse, trackInFlight } from './in-flight.ts'
import { keepTickShape } from './tick-shape.ts'

const HOST = 'host'
const NOT_HTTP = 'request: is not HTTP/1.1'
const HEAD_TIMEOUT_MS = 10_000
/** The webhook ends late bodies after 5 s; this is what Node itself allows head and body together. */
const REQUEST_TIMEOUT_MS = 15_000
/** Above the 60 s of usual proxies: the side that opened a connection is to close it. */
const KEEP_ALIVE_MS = 75_000

export interface NodeServer {
  readonly server: Server
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
}

/** A node:http server whose every answer is the envelope, also to what Node's parser refuses. */
export function createNodeServer(listener: RequestListener, bus: Bus): NodeServer {
  keepTickShape()
  const server = createServer({
    // Answered below: Node's own answer has no body.
    requireHostHeader: false,
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1000,
  })
  const { listener: handle, idle } = trackInFlight((request, response) => {
    const fault = headFault(request)
    if (fault === undefined) listener(request, response)
    else {
      const text = envelopeOf(bus, 400, fault)
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        connection: 'close',
      }
      response.writeHead(400, headers).end(text)
    }
  })
  server.on('request', handle)
  // An Expect that nobody knows is no reason to lose a callback.
  server.on('checkExpectation', handle)
  server.on('connect', (_request, socket) => {
    endWith(socket, 405, envelopeOf(bus, 405, 'method: expected POST, got CONNECT'), ['Allow: POST'])
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const { status, reason } = parserFault(error.code)
    const last = lastResponse(socket)
    // A whole request still waiting for its answer gets that one; what follows it on the wire is lost either way.
    if (last?.req.complete && !last.writableFinished) {
      last.once('close', () => socket.destroy())
    } else if (last && !last.req.complete && last.headersSent) socket.destroy()
    // A body that was being read is now cut off, and that is what the bus hears of.
    else if (last && !last.req.complete) endWith(socket, status, refused(status, reason))
    else endWith(socket, status, envelopeOf(bus, status, reason))
  })
  return { server, idle }
}

/** What Node's parser lets through and we do not: two readers of such a head could take it for two different requests. */
function headFault({ httpVersion, rawHeaders }: IncomingMessage): string | undefined {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return NOT_HTTP
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]
    if (name?.length === HOST.length && name.toLowerCase() === HOST) hosts++
  }
  if (hosts > 1) return 'Host: given twice'
  return hosts === 0 && httpVersion === '1.1' ? 'Host: is required' : undefined
}

function parserFault(code: string | undefined): { status: number; reason: string } {
  if (code === 'HPE_HEADER_OVERFLOW') return { status: 431, reason: 'head: is too large' }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, reason: 'request: did not arrive in time' }
  return { status: 400, reason: NOT_HTTP }
}

function envelopeOf(bus: Bus, status: number, reason: string): string {
  bus.emit('callback:rejected', { status, reason })
  return refused(status, reason)
}

function endWith(socket: Duplex, status: number, text: string, headers: readonly string[] = []): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
    ...headers,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}
