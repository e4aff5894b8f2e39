import type { Callback } from './callback/callback.ts'
import type { Bus, BusEvents } from './observe/bus.ts'
import type { Clock } from './lib/clock.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { Outcome, Phase } from './protocol/define.ts'
import type { Registry } from './registry.ts'

/** The answer to Tencent: an HTTP status and the JSON text of the body. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** The decision. Without one, `reason` says why. */
  readonly decision?: { readonly outcome: Outcome; readonly code: number; readonly failed: boolean }
  readonly reason?: string
}

/** The dependencies of dispatching. */
export interface DispatchDeps {
  readonly registry: Registry
  readonly delivery: Delivery
  readonly bus: Bus
  /** Milliseconds from the arrival of the head to the answer. */
  readonly deadlineMs: number
  /** Limit of undecided before-callbacks. */
  readonly maxInFlight: number
  /** Default: the system clock. */
  readonly clock?: Clock
  /** Creates the id of a callback. Tests of plugins replace it. */
  readonly newId?: (nowMs: number) => string
}

/**
 * Counts an answer, emits how the callback was decided, and returns the answer. For answers without a decision, the
 * sender emits the event. `now` is on the clock of `performance.now()`.
 */
export type ReportAnswer = (callback: Callback, phase: Phase, answer: Answer, now?: number) => Answer

export function createReportAnswer(bus: Bus): ReportAnswer {
  return (callback, phase, answer, now = performance.now()) => {
    bus.counts.answered(callback, phase, answer.decision?.outcome ?? 'unstored', now)
    if (answer.decision && bus.hasListeners('callback:answered')) {
      const { outcome, code, failed } = answer.decision
      const { id, sdkAppId, command, startedAt, raw, peer } = callback
      const [durationMs, bytes] = [now - startedAt, Buffer.byteLength(raw)]
      const event: BusEvents['callback:answered'] = {
        id,
        sdkAppId,
        command,
        phase,
        outcome,
        code,
        failed,
        durationMs,
        bytes,
      }
      if (peer !== undefined) event.peer = peer
      bus.emit('callback:answered', event)
    }
    return answer
  }
}
