import type { Bus } from './bus.ts'
import type { Callback } from './callback.ts'
import type { Answer } from './dispatch-types.ts'
import type { Phase } from './protocol/define.ts'

/** Tells observers what a callback is answered, and gives the answer back. */
export type Tell = (callback: Callback, phase: Phase, answer: Answer) => Answer

export function createTell(bus: Bus): Tell {
  return ({ id, sdkAppId, command, startedAt }, phase, answer) => {
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
