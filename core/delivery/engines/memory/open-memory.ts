import { type Clock, systemClock } from '../../../lib/clock.ts'
import { createDelivery } from '../../consume/delivery.ts'
import type { Delivery } from '../../delivery.ts'
import type { History } from '../../history.ts'
import { createMemoryHistory } from './memory-history.ts'
import { MemoryLog, type MemoryLogDeps } from './memory-log.ts'

interface MemoryDeps extends MemoryLogDeps {
  readonly maxBacklog?: number | undefined
  /** Default: the system clock. */
  readonly clock?: Clock | undefined
}

/** The engine without a disk: its callbacks are lost when the process ends. For tests and trials. */
export function createMemoryDelivery(deps: MemoryDeps): Delivery & { readonly history: History } {
  const { clock = systemClock } = deps
  const log = new MemoryLog(deps, clock)
  return { ...createDelivery({ ...deps, clock, isVolatile: true, log }), history: createMemoryHistory(log) }
}
