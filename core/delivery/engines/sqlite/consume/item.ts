import type { StoredCallback } from '../../../../callback/callback.ts'
import type { Received } from '../../../ingest/shared-body.ts'
import type { Stored, Waiting } from '../worker/messages.ts'

/** A stored callback. All plugins that get it share this object. */
export interface Shared extends Received {
  readonly seq: number
  readonly callback: StoredCallback
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its entry in the resend window; 0 if it was read from the file. */
  readonly entry: number
  resends: number
}

/** One delivery of a callback to one plugin. */
export interface Item {
  readonly shared: Shared
  readonly attempt: number
  /** Where it was read: from new callbacks, from due retries, or from the chain of its key. */
  readonly from: 'row' | 'retries' | 'chain'
  readonly dueAt: number | undefined
  /** How many times in a row the process crashed while it was a suspect. */
  readonly tries: number
  /** Whether the last of these crashes was found at this start. */
  readonly hasCrashed: boolean
  /** Whether it may have been running when the process ended. */
  readonly isSuspect: boolean
}

function sharedOf(stored: Stored): Shared {
  const { seq, id, sdkAppId, command, receivedAt, signed, key, query, raw, resends, maybeResend } = stored
  const callback = { id, sdkAppId, command, receivedAt, signed, query, raw }
  return { seq, callback, key, maybeResend, entry: 0, resends, parsed: undefined, takers: 0 }
}

export function itemOf(waiting: Waiting, from: Item['from'], isSuspect: boolean): Item {
  const { attempt, dueAt, tries } = waiting
  const crashes = { tries: Math.abs(tries), hasCrashed: tries > 0, isSuspect: isSuspect || tries !== 0 }
  return { shared: sharedOf(waiting), attempt, from, dueAt, ...crashes }
}
