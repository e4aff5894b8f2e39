import type { Bus } from '../observe/bus.ts'
import { aboutOf, type Callback, type StoredCallback } from '../callback/callback.ts'
import type { Completion } from '../lib/completion.ts'
import type { Outcome } from '../protocol/define.ts'
import type { AfterRoute } from '../registry.ts'

/**
 * The engine between the acknowledgement and the plugins. It stores a callback, acknowledges it, and then delivers it
 * to each of its plugins separately, at least once.
 */
export interface Delivery {
  /** Opens the engine and resumes unfinished callbacks. */
  start(): Promise<void>
  /**
   * Stores a callback for the plugins of its route. Resolves once it is as durable as the engine makes it; rejects if it
   * could not be stored. Returns undefined if there is nothing to wait for.
   */
  accept(callback: Callback, route: AfterRoute): Completion<void> | undefined
  /**
   * Stores a callback that is not delivered: a refused one, whose resends are counted, or one that a verdict or a
   * failure decided. Best effort.
   */
  recordUndelivered(callback: StoredCallback, undelivered: Undelivered): Promise<void>
  /** Rejects with the reason while callbacks cannot be stored. */
  health(): Promise<void>
  /** The backlog and the room, for metrics and alerts. May read the store, so call it only every few seconds. */
  stats(): Promise<DeliveryStats>
  /**
   * Delivers to these plugins from now on. Calls `replace`, which puts them into the registry, once the new ones can
   * receive callbacks; if they cannot, rejects without calling it. Resolves when removed plugins have no handler running.
   * Their backlog stays.
   */
  swap(ids: readonly string[], replace: () => void): Promise<void>
  /**
   * Starts no more handlers, gives running ones `graceMs` milliseconds, fires their signals, and closes. `settled` says
   * that every handler ended.
   */
  stop(graceMs: number): Promise<{ undelivered: number; settled: boolean }>
}

/** The backlog, and the room of the store if it is a file. Sizes are bytes. */
export interface DeliveryStats {
  readonly plugins: readonly PluginStats[]
  readonly storeBytes?: number
  readonly diskFreeBytes?: number
  /** Set aside for a full disk; 0 while that is used up. */
  readonly reserveBytes?: number
}

export interface PluginStats {
  readonly plugin: string
  /** Callbacks that it has not finished. */
  readonly backlog: number
  /** When the oldest of them was received, milliseconds since 1970. */
  readonly oldestAt?: number
  /** Why it gets no callbacks now, and until when. */
  readonly held?: Hold
}

/** Why a plugin gets no after-callbacks, and until when (milliseconds since 1970); without `until`, until a resume. */
export interface Hold {
  readonly reason: string
  readonly until?: number | undefined
}

/**
 * How the work ended: nothing was running; some handlers did not end in time; or a fault ended it, which any running
 * handler may have caused.
 */
export type Ending = 'clean' | 'unsettled' | 'failed'

/** How many refused callbacks are stored at a time. */
const MAX_REFUSED = 256

/** Why a callback is not delivered. */
export type Undelivered =
  | { readonly as: 'refused'; readonly error: string }
  | { readonly as: 'decided'; readonly outcome: Outcome; readonly code: number; readonly failed: boolean }

/**
 * Records an undelivered callback after the HTTP answer. Best effort: no verdict waits for it or fails with it.
 * @param done called once it is stored, or has failed
 */
export function recordUndeliveredLater(
  delivery: Pick<Delivery, 'recordUndelivered'>,
  bus: Bus,
  callback: StoredCallback,
  undelivered: Undelivered,
  done: () => void = () => undefined,
): void {
  setImmediate(() => {
    delivery
      .recordUndelivered(callback, undelivered)
      .catch((error: unknown) => bus.emit('delivery:failed', { ...aboutOf(callback), error }))
      .finally(done)
  })
}

/**
 * Creates the function that records refused callbacks. While MAX_REFUSED are being stored, more are counted but not kept:
 * anyone can send any number of them, and valid callbacks queue behind them.
 */
export function createRecordRefused(
  delivery: Pick<Delivery, 'recordUndelivered'>,
  bus: Bus,
): (callback: StoredCallback, error: string) => void {
  let underWay = 0
  const done = (): void => void underWay--
  return (callback, error) => {
    if (underWay >= MAX_REFUSED) return
    underWay++
    recordUndeliveredLater(delivery, bus, callback, { as: 'refused', error }, done)
  }
}
