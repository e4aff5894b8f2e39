import { createAcceptor } from './after.ts'
import { createDecider } from './before.ts'
import type { Callback } from './callback.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import type { Later } from './later.ts'

/** One genuine callback in, one answer out. */
export type Dispatch = (callback: Callback) => Answer | Promise<Answer> | Later<Answer>

/** Before-callbacks are decided by the plugins' chain; after-callbacks are stored, and delivered later. */
export function createDispatch(parts: DispatchParts): Dispatch {
  const { registry, bus } = parts
  const decide = createDecider(parts)
  const accept = createAcceptor(parts)

  // What needs no waiting is answered without a promise: most callbacks, at a microsecond or two each.
  return function dispatch(callback) {
    const { id, sdkAppId, command, signed } = callback
    const route = registry.route(sdkAppId, command)
    if (bus.hears('callback:received')) {
      const { phase, definition } = route
      bus.emit('callback:received', { id, sdkAppId, command, phase, known: definition !== undefined, signed })
    }
    return route.phase === 'before' ? decide(callback, route) : accept(callback, route)
  }
}
