import type { RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A listener that knows which requests it has not answered yet. */
export interface InFlight {
  readonly listener: RequestListener
  /** Resolves once no request is under way. */
  readonly idle: () => Promise<void>
}

/** The response that a connection waits for, on its socket: a map of them all costs more than the router. */
const LAST = Symbol('last response')
type Serving = Duplex & { [LAST]?: ServerResponse | undefined }

/** The response to the last request of a connection, until both have ended. */
export function lastResponse(socket: Duplex): ServerResponse | undefined {
  return (socket as Serving)[LAST]
}

/** Node counts connections; a connection that only stays open is nothing to wait for. */
export function trackInFlight(listener: RequestListener): InFlight {
  let underWay = 0
  const waiting: (() => void)[] = []
  // One for all requests, and no `once`, which would make a wrapper for each: a response closes once as it is.
  function onClose(this: ServerResponse): void {
    const socket: Serving = this.req.socket
    // Held on to, all that makes up a request would grow old with an idle connection, and collecting it is costly then.
    if (this.req.complete && socket[LAST] === this) socket[LAST] = undefined
    underWay--
    if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    listener: (request, response) => {
      ;(request.socket as Serving)[LAST] = response
      underWay++
      response.on('close', onClose)
      listener(request, response)
    },
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  }
}
