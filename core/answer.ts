import type { Bus } from './observe/bus.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { Outcome } from './protocol/define.ts'
import type { Registry } from './registry.ts'

/** What goes back to Tencent: an HTTP status and the JSON text of the body. */
export interface Answer {
  readonly status: number
  readonly text: string
  /** What was decided. Without it we could not decide, and `reason` says why. */
  readonly decision?: { readonly outcome: Outcome; readonly code: number; readonly failed: boolean }
  readonly reason?: string
}

/** What dispatching works with. */
export interface DispatchDeps {
  readonly registry: Registry
  readonly delivery: Delivery
  readonly bus: Bus
  /** Milliseconds from the arrival of the request's head to the answer. */
  readonly deadlineMs: number
  /** Before-callbacks that may be undecided at once. */
  readonly maxInFlight: number
}
