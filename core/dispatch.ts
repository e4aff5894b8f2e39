import { createAcceptor } from './after.ts'
import { createDecider } from './before.ts'
import { aboutOf, type Callback } from './callback.ts'
import type { Answer, DispatchParts } from './dispatch-types.ts'

/** One genuine callback in, one answer out. */
export type Dispatch = (callback: Callback) => Promise<Answer>

/** Before-callbacks are decided by the plugins' chain; after-callbacks are stored, and delivered later. */
export function createDispatch(parts: DispatchParts): Dispatch {
  const { registry, bus } = parts
  const decide = createDecider(parts)
  const accept = createAcceptor(parts)

  return async function dispatch(callback) {
    const route = registry.route(callback.sdkAppId, callback.command)
    const about = { ...aboutOf(callback), phase: route.phase }
    bus.emit('callback:received', { ...about, known: route.definition !== undefined, signed: callback.signed })
    const answer = route.phase === 'before' ? await decide(callback, route) : await accept(callback, route)
    if (answer.decision) {
      const durationMs = performance.now() - callback.startedAt
      bus.emit('callback:answered', { ...about, ...answer.decision, durationMs })
    }
    return answer
  }
}
