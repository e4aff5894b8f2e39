import type { Bus } from './observe/bus.ts'
import type { Clock } from './lib/clock.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { Outcome } from './protocol/define.ts'
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
  /** Default: the system's. */
  readonly clock?: Clock
}
