import type { Callback } from '../../callback/callback.ts'
import { Completion } from '../../lib/completion.ts'
import { filterMap, onTick, TickBatch } from '../../lib/tick-batch.ts'
import type { Identified } from './identify.ts'
import { shortFingerprint } from './fingerprint.ts'

/** A callback that is being stored: resolves once it is durable. */
export class PendingAppend extends Completion<void> {
  readonly callback: Callback
  /** Whether another one of its identity is a resend of it. */
  tells = false

  constructor(callback: Callback) {
    super()
    this.callback = callback
  }
}

/**
 * Makes what takes callbacks in: the identities of all that came in one turn first, then each is stored. One that
 * cannot be is refused by itself.
 */
export function createIngest<T extends PendingAppend>(
  identify: (callback: Callback) => Identified,
  store: (coming: T, identity: string) => void,
): (coming: T) => void {
  const identified = (coming: T): { coming: T; identity: string } | undefined => {
    try {
      const { identity, tells } = identify(coming.callback)
      coming.tells = tells
      return { coming, identity: shortFingerprint(identity) }
    } catch (error) {
      coming.reject(error)
      return undefined
    }
  }
  const turn = new TickBatch<T>((all) => {
    for (const { coming, identity } of filterMap(all, identified)) {
      try {
        store(coming, identity)
      } catch (error) {
        coming.reject(error)
      }
    }
  }, onTick)
  return (coming) => turn.add(coming)
}
