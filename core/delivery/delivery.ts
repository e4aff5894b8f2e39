import type { Bus } from '../observe/bus.ts'
import { aboutOf, type Callback, type Incoming } from '../callback/callback.ts'
import type { Completion } from '../lib/completion.ts'
import type { Outcome } from '../protocol/define.ts'

/**
 * What stands between an acknowledgement and the plugins: the engines implement it. A callback is stored, then
 * acknowledged, then delivered to each of its plugins on its own, at least once.
 */
export interface Delivery {
  /** Opens the engine and takes up what is unfinished. */
  start(): Promise<void>
  /**
   * Resolves once the callback is as durable as the engine makes it; rejects when it could not be stored. Nothing to wait
   * for: it is so already.
   */
  accept(callback: Callback): Completion<void> | undefined
  /**
   * Keeps what was not delivered: a refused callback, of which resends are counted, or one that a verdict or a failure
   * decided. Best effort.
   */
  recordUndelivered(callback: Incoming, undelivered: Undelivered): Promise<void>
  /** Rejects with the reason where callbacks cannot be stored at the moment. */
  health(): Promise<void>
  /**
   * Stops starting handlers, gives those that run `graceMs` milliseconds, fires their signals, and closes. `settled`
   * tells that no handler went on in spite of its signal.
   */
  stop(graceMs: number): Promise<{ undelivered: number; settled: boolean }>
}

/**
 * How the work ended: with nothing under way; with handlers that did not end in time; or because of a fault, so that
 * whatever was under way may be what caused it.
 */
export type Ending = 'clean' | 'unsettled' | 'failed'

/** Why a callback is kept. */
export type Undelivered =
  | { readonly as: 'refused'; readonly error: string }
  | { readonly as: 'decided'; readonly outcome: Outcome; readonly code: number; readonly failed: boolean }

/** Keeps something once the answer is out, and best effort: nothing that is decided waits for it or fails with it. */
export function recordUndeliveredLater(
  delivery: Delivery,
  bus: Bus,
  callback: Incoming,
  undelivered: Undelivered,
): void {
  setImmediate(() => {
    delivery
      .recordUndelivered(callback, undelivered)
      .catch((error: unknown) => bus.emit('delivery:failed', { ...aboutOf(callback), error }))
  })
}
