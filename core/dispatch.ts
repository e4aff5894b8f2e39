import { createAcceptor } from './after/acknowledge.ts'
import { createDecider } from './before/decide.ts'
import type { Callback, Incoming } from './callback/callback.ts'
import type { Answer, DispatchDeps } from './answer.ts'
import type { Completion } from './lib/completion.ts'
import { commands } from './protocol/commands.ts'
import type { Registry, Route } from './registry.ts'

/** One genuine callback in, one answer out. */
export type Dispatch = (incoming: Incoming) => Answer | Promise<Answer> | Completion<Answer>

/** Before-callbacks are decided by the plugins' chain; after-callbacks are stored, and delivered later. */
export function createDispatch(deps: DispatchDeps): Dispatch {
  const { registry, bus } = deps
  const decide = createDecider(deps)
  const accept = createAcceptor(deps)

  // What needs no waiting is answered without a promise: most callbacks, at a microsecond or two each.
  return function dispatch(incoming) {
    const { command, route } = routeOf(incoming, registry)
    const { id, sdkAppId, querystring, signed, raw, body, receivedAt, startedAt } = incoming
    const reading = route.read(body, incoming.command)
    const callback: Callback = {
      id,
      sdkAppId,
      command,
      querystring,
      signed,
      raw,
      body,
      receivedAt,
      startedAt,
      reading,
    }
    if (bus.hasListeners('callback:received')) {
      const { phase, known } = route
      bus.emit('callback:received', { id, sdkAppId, command, phase, known, signed })
    }
    if (reading.faults.length > 0) {
      const { faults, paths, fits } = reading
      bus.emit('callback:faulty', { id, sdkAppId, command, faults, paths, fits })
    }
    return route.phase === 'before' ? decide(callback, route) : accept(callback)
  }
}

/**
 * The command that a callback is handled as: the URL's, whose phase Tencent goes by when it waits for the answer. Where
 * the body names another one of that phase, an after-callback is the body's if that is known, and a before-callback if
 * that alone is.
 */
function routeOf({ sdkAppId, command, body }: Incoming, registry: Registry): { command: string; route: Route } {
  const route = registry.route(sdkAppId, command)
  const named = body['CallbackCommand']
  if (named === command || typeof named !== 'string') return { command, route }
  const isOurs = commands.get(named)?.phase === route.phase && (route.phase === 'after' || !route.known)
  return isOurs ? { command: named, route: registry.route(sdkAppId, named) } : { command, route }
}
