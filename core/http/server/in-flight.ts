import type { RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Pipeline } from './pipeline.ts'

/** A listener that knows which requests it has not answered yet. */
export interface InFlight {
  readonly listener: RequestListener
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
}

/** The response that a connection waits for, on its socket: a map of them all costs more than the router. */
const LAST = Symbol('last response')
/** The requests of a socket that sends some ahead of their answers, as none does that is a proxy's or Tencent's. */
const PIPELINE = Symbol('pipeline')
/** When the socket was last opened or answered, as a number that grows. */
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

/** Of two connections the one with the lower number has been idle longer. */
export function idleSince(socket: Duplex): number {
  const serving: Serving = socket
  return (serving[IDLE_SINCE] ??= ++answered)
}

/** Node counts connections; a connection that only stays open is nothing to wait for. */
export function trackInFlight(listener: RequestListener): InFlight {
  let underWay = 0
  const waiting: (() => void)[] = []
  const ended = (count: number): void => {
    underWay -= count
    if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
  }
  // One for all requests, and no `once`, which would make a wrapper for each: a response closes once as it is.
  function onClose(this: ServerResponse): void {
    const socket: Serving = this.req.socket
    // Held on to, all that makes up a request would grow old with an idle connection, and collecting it is costly then.
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
