import type { RequestListener } from 'node:http'

/** A listener that knows which requests it has not answered yet. */
export interface InFlight {
  readonly listener: RequestListener
  /** Resolves once no request is under way. */
  idle(): Promise<void>
}

/** Node counts connections; a connection that only stays open is nothing to wait for. */
export function trackInFlight(listener: RequestListener): InFlight {
  let underWay = 0
  const waiting: (() => void)[] = []
  // One for all requests, and no `once`, which would make a wrapper for each: a response closes once as it is.
  const onClose = (): void => {
    underWay--
    if (underWay === 0) for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    listener(request, response) {
      underWay++
      response.on('close', onClose)
      listener(request, response)
    },
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve))),
  }
}
