import type { StoredCallback } from '../../callback/callback.ts'
import type { Reading } from '../../callback/body-reader.ts'
import { copyOf } from '../../lib/clone.ts'
import type { WaitingCallback } from '../callback-log.ts'
import type { SuspectFinder } from '../attempt/suspect-finder.ts'

/** A stored callback. All plugins that get it share this object. */
export interface Shared {
  readonly seq: number
  readonly callback: StoredCallback
  readonly key: string | undefined
  readonly maybeResend: boolean
  /** Its entry for `resendsOf` of the log; 0 if it was read from the log. */
  readonly entry: number
  resends: number
  /** The parsed body, until all plugins that get it have it. */
  parsed: Reading | undefined
  /** The number of plugins that do not have it yet. */
  takers: number
}

/** Returns a body for one plugin: a copy, or the parsed one for the last plugin. Undefined if it is gone. */
export function takeBody(shared: Shared): Reading | undefined {
  const { parsed } = shared
  if (parsed && --shared.takers > 0) {
    const body = copyOf(parsed.body)
    return body && { ...parsed, body }
  }
  shared.parsed = undefined
  return parsed
}

/** One delivery of a callback to one plugin. */
export interface Item {
  readonly shared: Shared
  /** `new` and `held` ones are in order, beyond the cursor. docs/architecture.md has a picture of the states. */
  readonly place: 'new' | 'held' | 'pending'
  /** The next attempt, from 1. */
  readonly attempt: number
  readonly dueAt: number | undefined
  /** Since when it has been put off without an attempt. */
  readonly deferredSince: number | undefined
  /** How many times in a row the process crashed while it was a suspect. */
  readonly tries: number
  /** Whether the last of these crashes was found at this start. */
  readonly hasCrashed: boolean
  /** Whether it may have been running when the process ended. */
  readonly isSuspect: boolean
}

/** Shared by all callbacks that come from memory, in order. */
export function freshItem(shared: Shared): Item {
  return {
    shared,
    place: 'new',
    attempt: 1,
    dueAt: undefined,
    deferredSince: undefined,
    tries: 0,
    hasCrashed: false,
    isSuspect: false,
  }
}

export function itemOf(row: WaitingCallback, suspectFinder: SuspectFinder, isPending = false): Item {
  const { seq, key, resends, maybeResend, attempt, dueAt, deferredSince, tries } = row
  const shared = { seq, callback: row, key, maybeResend, entry: 0, resends, parsed: undefined, takers: 0 }
  return {
    shared,
    place: isPending ? 'pending' : dueAt === undefined ? 'new' : 'held',
    attempt,
    dueAt,
    deferredSince,
    tries: Math.abs(tries),
    hasCrashed: tries > 0,
    isSuspect: suspectFinder.isSuspect(row) || tries !== 0,
  }
}
