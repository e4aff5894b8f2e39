import type { Bus } from '../../../core/observe/bus.ts'
import type { Delivery, Ending } from '../../../core/delivery/delivery.ts'
import type { History } from '../../../core/delivery/history.ts'
import type { Registry } from '../../../core/registry.ts'
import type { MortalLog } from './mortal-log.ts'
import type { Limits } from './scenario.ts'

/** What a model's run needs of an engine. */
export interface ModelEngine {
  readonly name: string
  /** Whether the engine can do with a time that is made up. */
  readonly isVirtual: boolean
  readonly limits: Limits
  /** Callbacks that come together at most. */
  readonly most: number
  /** @param random decides how long the store takes */
  newStore(random: () => number): Promise<ModelStore>
}

/** A store that engines work on, one after another. */
export interface ModelStore {
  /** @param mortal wraps the log, where a crash is to drop its consumer */
  open(parts: { readonly registry: Registry; readonly bus: Bus; readonly mortal: MortalLog }): Promise<Opened>
  /** What another process sees of it; without one nothing is left after a stop. */
  openHistory?(): Promise<History>
  /** Whether what is written is lost, with an error, from now on. */
  blink?(isDown: boolean): void
  remove(): Promise<void>
}

export interface Opened {
  readonly delivery: Delivery
  close(ending: Ending): Promise<void>
  /** Frees what a process frees that dies: connections, locks. Without it none crashes. */
  crash?(): Promise<void>
}
