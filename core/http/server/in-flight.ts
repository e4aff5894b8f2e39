import type { RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Pipeline } from './pipeline.ts'

/** A request listener that counts the requests without an answer. */
export interface InFlight {
  readonly listener: RequestListener
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
}

/**
 * The response that a connection waits for. It is stored on the socket: a map of all sockets costs more than the
 * router.
 */
const LAST = Symbol('last response')
/** The pipeline of a socket that sends requests ahead of their answers. Proxies and Tencent do not. */
const PIPELINE = Symbol('pipeline')
/** A counter value taken when the socket was opened or last answered: higher is later. */
const IDLE_SINCE = Symbol('idle since')
type Serving = Duplex & {
  [LAST]?: ServerResponse | undefined
  [PIPELINE]?: Pipeline | undefined
  [IDLE_SINCE]?: number
}

let answered = 0

/** The response to the last request of a connection, until both have ended. */
export function lastResponse(socket: Duplex): ServerResponse | undefined {
  return (socket as Serving)[LAST]
}

/** The connection with the lower number has been idle longer. */
export function idleSince(socket: Duplex): number {
  const serving: Serving = socket
  return (serving[IDLE_SINCE] ??= ++answered)
}

/** Counts requests. Node counts connections, but an idle keep-alive connection needs no waiting at shutdown. */
export function trackInFlight(listener: RequestListener): InFlight {
  let underWay = 0
  const waiting: (() => void)[] = []
  const ended = (count: number): void => {
    underWay -= count
    if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
  }
  // One function for all requests. `once` would create a wrapper for each; a response closes once anyway.
  function onClose(this: ServerResponse): void {
    const socket: Serving = this.req.socket
    // Drops the reference: an idle connection would otherwise keep the whole request alive until it is old and costly
    // to collect.
    if (this.req.complete && socket[LAST] === this) socket[LAST] = undefined
    socket[IDLE_SINCE] = ++answered
    if (socket[PIPELINE]?.ended() ?? true) ended(1)
  }
  return {
    listener: (request, response) => {
      const socket: Serving = request.socket
      const last = socket[LAST]
      socket[LAST] = response
      underWay++
      response.on('close', onClose)
      if (last) socket[PIPELINE] ??= new Pipeline(socket, last.closed ? 0 : 1, { start: listener, onLost: ended })
      if (socket[PIPELINE]) socket[PIPELINE].add(request, response)
      else listener(request, response)
    },
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  }
}
