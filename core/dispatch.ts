import { createAcceptor } from './after.ts'
import { createDecider } from './before.ts'
import type { Callback } from './callback.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'
import { Later } from './later.ts'
import type { Phase } from './protocol/define.ts'

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
    const { phase } = route
    if (bus.hears('callback:received')) {
      bus.emit('callback:received', { id, sdkAppId, command, phase, known: route.definition !== undefined, signed })
    }
    const answer = route.phase === 'before' ? decide(callback, route) : accept(callback, route)
    if (answer instanceof Later) return answer.map((late) => told(callback, phase, late))
    if (answer instanceof Promise) return answer.then((late) => told(callback, phase, late))
    return told(callback, phase, answer)
  }

  function told({ id, sdkAppId, command, startedAt }: Callback, phase: Phase, answer: Answer): Answer {
    const { status, reason } = answer
    if (reason !== undefined) bus.emit('callback:rejected', { status, reason, sdkAppId, command })
    if (answer.decision && bus.hears('callback:answered')) {
      const { outcome, code, failed } = answer.decision
      const durationMs = performance.now() - startedAt
      bus.emit('callback:answered', { id, sdkAppId, command, phase, outcome, code, failed, durationMs })
    }
    return answer
  }
}
