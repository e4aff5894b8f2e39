import { executionAsyncResource } from 'node:async_hooks'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Bus } from '../../observe/bus.ts'
import { errorEnvelope } from '../../protocol/envelope.ts'
import { limitConnections } from './connections.ts'
import { lastResponse, trackInFlight } from './in-flight.ts'
import { clientAddress, type Requester, requesterOf, senderOf, type TrustedProxies } from '../answer/requester.ts'
import { type Reply, send, sendAndClose } from '../answer/send-envelope.ts'
import { createHttpServer, handshakeFault, type Tls } from './tls.ts'

const HOST = 'host'
const NOT_HTTP = 'request: is not HTTP/1.1'
const HEAD_TIMEOUT_MS = 10_000
/** The webhook times out bodies after 5 s; this is Node's own limit for head and body together. */
const REQUEST_TIMEOUT_MS = 15_000
/** Above the 60 s of common proxies: the side that opened a connection should close it. */
const KEEP_ALIVE_MS = 75_000

export interface NodeServer {
  readonly server: Server
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
}

/** The clients that are served; they may change while the server listens. */
export interface Admission {
  /** Whether a client with this address is served. Without it, all are. */
  isAllowed?: ((address: string) => boolean) | undefined
}

export interface NodeServerOptions {
  /** The limit of open connections. */
  readonly maxConnections?: number
  readonly proxies?: TrustedProxies
  readonly admission?: Admission
  /** Serves HTTPS. */
  readonly tls?: Tls | undefined
}

/** Creates a node:http server that answers every request with the envelope, even those that Node's parser refuses. */
export function createNodeServer(
  listener: RequestListener,
  bus: Bus,
  { maxConnections = 10_000, proxies = 0, admission = {}, tls }: NodeServerOptions = {},
): NodeServer {
  keepTickShape()
  const settings = {
    // headFault() checks the Host header: the answer of Node itself has no body.
    requireHostHeader: false,
    headersTimeout: HEAD_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1000,
  }
  const server = createHttpServer(settings, tls)
  /** Reports a request that is refused here, and returns the reply to it. */
  const refuse = (status: number, reason: string, { requestId, ...from }: Requester): Reply => {
    bus.emit('callback:rejected', { status, reason, requestId, ...from })
    return { status, text: errorEnvelope(status, reason), requestId, closes: true }
  }
  const denies = (request: IncomingMessage): boolean => {
    const address = clientAddress(request, proxies)
    return address === undefined || admission.isAllowed?.(address) === false
  }
  const { listener: handle, idle } = trackInFlight((request, response) => {
    if (admission.isAllowed && denies(request)) {
      send(response, refuse(403, 'address: is not in server.allowFrom', requesterOf(request, proxies)))
      return
    }
    const fault = headFault(request)
    if (fault === undefined) listener(request, response)
    else send(response, refuse(400, fault, requesterOf(request, proxies)))
  })
  server.on('request', handle)
  // An unknown Expect header is no reason to lose a callback.
  server.on('checkExpectation', handle)
  server.on('connect', (request, socket) => {
    sendAndClose(socket, refuse(405, 'method: expected POST, got CONNECT', requesterOf(request, proxies)))
  })
  if (tls) {
    // In place of Node's own listener, which reports to clientError: nobody could read an answer.
    server.removeAllListeners('tlsClientError').on('tlsClientError', (error: { code?: string }, socket: TLSSocket) => {
      const fault = handshakeFault(error, socket)
      if (fault !== undefined) refuse(400, fault, senderOf(socket))
      socket.destroy()
    })
  }
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    const { status, reason } = parserFault(error.code)
    const last = lastResponse(socket)
    // A complete request still gets its answer. Whatever follows it on the connection is lost either way.
    if (last?.req.complete && !last.writableFinished) {
      last.once('close', () => socket.destroy())
    } else if (last && !last.req.complete && last.headersSent) socket.destroy()
    // This cuts off a body that was being read, and its reader emits the event.
    else if (last && !last.req.complete) sendAndClose(socket, { status, text: errorEnvelope(status, reason) })
    else sendAndClose(socket, refuse(status, reason, senderOf(socket as Socket)))
  })
  limitConnections(server, maxConnections, (connections) => bus.emit('server:crowded', { connections }))
  return { server, idle }
}

/**
 * Finds faults of the head that Node's parser accepts: two parsers could read such a head as two different requests.
 */
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

let tickObject: object | undefined

/**
 * Keeps one `process.nextTick` object alive; each request makes half a dozen of them. If a garbage collection finds
 * none, for example after some idle seconds, V8 drops the hidden class. Node then takes five times as long to make them
 * for the rest of the process, and a request takes a sixth longer.
 */
function keepTickShape(): void {
  if (!tickObject) process.nextTick(() => (tickObject = executionAsyncResource()))
}
