import type { Called } from '../../../../host/context.ts'
import type { Received } from '../../../ingest/shared-body.ts'
import type { Stored, Waiting } from '../worker/messages.ts'

/** A stored callback, as its plugins share it. */
export interface Shared extends Received {
  readonly seq: number
  readonly callback: Called
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its number in the window of resends; 0 where it was read from the file. */
  readonly entry: number
  resends: number
}

/** One that a plugin is to get. */
export interface Item {
  readonly shared: Shared
  readonly attempt: number
  /** From the row of callbacks, or from what is pending: a retry, or one held back by its key. */
  readonly from: 'row' | 'retries' | 'chain'
  readonly dueAt: number | undefined
  /** How often the process has died over it in a row, as a suspect. */
  readonly tries: number
  /** The last one of them has just been found. */
  readonly hasCrashed: boolean
  /** It may have been under way when the process ended. */
  readonly isSuspect: boolean
}

function sharedOf(stored: Stored): Shared {
  const { seq, id, sdkAppId, command, receivedAt, signed, key, query, raw, resends, maybeResend } = stored
  const callback = { id, sdkAppId, command, receivedAt, signed, querystring: query, raw }
  return { seq, callback, key, maybeResend, entry: 0, resends, parsed: undefined, takers: 0 }
}

export function itemOf(waiting: Waiting, from: Item['from'], isSuspect: boolean): Item {
  const { attempt, dueAt, tries } = waiting
  const crashes = { tries: Math.abs(tries), hasCrashed: tries > 0, isSuspect: isSuspect || tries !== 0 }
  return { shared: sharedOf(waiting), attempt, from, dueAt, ...crashes }
}
