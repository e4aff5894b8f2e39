import type { Change, NewDeadLetter, NextAttempt } from '../callback-log.ts'

/**
 * Where a callback of a plugin is. `new` and `held` ones are in order, beyond the cursor. docs/architecture.md has the
 * picture.
 */
export type Place = 'new' | 'held' | 'pending'

/** What happened to a callback that was handed over. */
export type Event =
  | { readonly as: 'done' }
  /** It is tried again at `next.dueAt`; with `keepsKey`, later ones of its key wait until then. */
  | { readonly as: 'again'; readonly next: NextAttempt; readonly keepsKey: boolean }
  | { readonly as: 'dead'; readonly letter: NewDeadLetter }

export interface Step {
  readonly to: Place | 'done' | 'dead'
  /** What is written; nothing for most callbacks, since the cursor simply passes them. */
  readonly change: Change | undefined
  /** Whether the cursor may pass it from now on. */
  readonly leavesTurn: boolean
}

const PASSED: Step = { to: 'done', change: undefined, leavesTurn: true }

/**
 * The state machine of a stored callback: its next place, and what is written for that.
 * @param isMarked whether it is a suspect, and so may have a `try`
 */
export function stepOf(from: Place, event: Event, seq: number, isMarked: boolean): Step {
  const leavesTurn = from !== 'pending'
  if (event.as === 'dead') return { to: 'dead', change: ['dead', seq, event.letter], leavesTurn }
  if (event.as === 'done') {
    return from === 'new' && !isMarked ? PASSED : { to: 'done', change: ['finished', seq], leavesTurn }
  }
  // A pending callback has left the order for good. It still keeps its key as long as this process lives.
  if (event.keepsKey && from !== 'pending') return { to: 'held', change: ['held', seq, event.next], leavesTurn: false }
  return { to: 'pending', change: ['pending', seq, event.next], leavesTurn }
}
