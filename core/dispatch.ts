import { createAcceptor } from './after/acknowledge.ts'
import { createDecider } from './before/decide.ts'
import type { AuthenticatedRequest, Callback, Origin, ReadBody } from './callback/callback.ts'
import type { Answer, DispatchDeps } from './answer.ts'
import type { Awaitable, Completion } from './lib/completion.ts'
import { newId as createId } from './lib/id.ts'
import { isTracing, traceCallback } from './observe/tracing.ts'
import { commands } from './protocol/commands.ts'
import type { Registry, Route } from './registry.ts'

/** Takes an authenticated request with its body, and returns the answer. */
export type Dispatch = (
  request: AuthenticatedRequest,
  read: ReadBody,
  origin?: Origin,
) => Awaitable<Answer> | Completion<Answer>

/** Creates the dispatcher. The plugins decide before-callbacks; after-callbacks are stored and delivered later. */
export function createDispatch(deps: DispatchDeps): Dispatch {
  const { registry, bus, newId = createId } = deps
  const decide = createDecider(deps)
  const accept = createAcceptor(deps)

  // Synchronous answers need no promise: that is most callbacks, at a microsecond or two each.
  return function dispatch(request, read, origin = {}) {
    const { sdkAppId, receivedAt, query } = request
    const id = newId(receivedAt)
    const { traceparent } = origin
    if (traceparent === undefined && !isTracing()) return handle(request, read, { id, query, origin })
    const { command, route } = routeOf(request, read.body, registry)
    const about = { id, sdkAppId, command }
    return traceCallback(about, route.phase, { query, traceparent }, (traced) =>
      handle(request, read, { id, query: traced, origin }),
    )
  }

  function handle(
    request: AuthenticatedRequest,
    { raw, body }: ReadBody,
    { id, query, origin: { peer } }: { id: string; query: string; origin: Origin },
  ): ReturnType<Dispatch> {
    const { command, route } = routeOf(request, body, registry)
    const { sdkAppId, signed, receivedAt, startedAt } = request
    const reading = route.read(body, request.command)
    const callback: Callback = {
      id,
      sdkAppId,
      command,
      query,
      signed,
      raw,
      body,
      receivedAt,
      startedAt,
      peer,
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
    const chosen = registry.narrow(route, reading)
    return chosen.phase === 'before' ? decide(callback, chosen) : accept(callback, chosen)
  }
}

/**
 * Returns the command that a callback is handled as. The URL decides the phase, because Tencent waits for the answer
 * according to the URL. If the body names another command of that phase, the body wins for an after-callback if its
 * command is known, and for a before-callback only if the URL's command is unknown.
 */
function routeOf(
  { sdkAppId, command }: AuthenticatedRequest,
  body: ReadBody['body'],
  registry: Registry,
): { command: string; route: Route } {
  const route = registry.route(sdkAppId, command)
  const named = body['CallbackCommand']
  if (named === command || typeof named !== 'string') return { command, route }
  const isOurs = commands.get(named)?.phase === route.phase && (route.phase === 'after' || !route.known)
  return isOurs ? { command: named, route: registry.route(sdkAppId, named) } : { command, route }
}
