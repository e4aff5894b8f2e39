import type { Bus } from './observe/bus.ts'
import type { Callback } from './callback/callback.ts'
import type { Answer } from './answer.ts'
import type { Phase } from './protocol/define.ts'

/**
 * Emits how a callback was decided, and returns the answer. For answers without a decision, the sender emits the event.
 */
export type ReportAnswer = (callback: Callback, phase: Phase, answer: Answer) => Answer

export function createReportAnswer(bus: Bus): ReportAnswer {
  return ({ id, sdkAppId, command, startedAt }, phase, answer) => {
    if (answer.decision && bus.hasListeners('callback:answered')) {
      const { outcome, code, failed } = answer.decision
      const durationMs = performance.now() - startedAt
      bus.emit('callback:answered', { id, sdkAppId, command, phase, outcome, code, failed, durationMs })
    }
    return answer
  }
}
