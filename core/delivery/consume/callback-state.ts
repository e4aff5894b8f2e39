import type { Change, NewDeadLetter, NextAttempt } from '../callback-log.ts'

/**
 * Where a callback of a plugin is. `new` and `held` are in its turn, beyond the cursor. docs/architecture.md has the
 * picture.
 */
export type Place = 'new' | 'held' | 'pending'

/** What has happened to a callback that was handed over. */
export type Event =
  | { readonly as: 'done' }
  /** It is tried again at `next.dueAt`; `keepsKey`: later ones of its key wait until then. */
  | { readonly as: 'again'; readonly next: NextAttempt; readonly keepsKey: boolean }
  | { readonly as: 'dead'; readonly letter: NewDeadLetter }

export interface Step {
  readonly to: Place | 'done' | 'dead'
  /** What is written; nothing for most callbacks, which only the cursor passes. */
  readonly change: Change | undefined
  /** Whether the cursor may pass it from now on. */
  readonly leavesTurn: boolean
}

const PASSED: Step = { to: 'done', change: undefined, leavesTurn: true }

/**
 * The state machine of a stored callback: where it goes from where it is, and what is written for that.
 * @param isMarked whether it is a suspect, and so may have a `try`
 */
export function stepOf(from: Place, event: Event, seq: number, isMarked: boolean): Step {
  const leavesTurn = from !== 'pending'
  if (event.as === 'dead') return { to: 'dead', change: ['dead', seq, event.letter], leavesTurn }
  if (event.as === 'done') {
    return from === 'new' && !isMarked ? PASSED : { to: 'done', change: ['finished', seq], leavesTurn }
  }
  // What is pending has left its turn for good. While this process lives it keeps its key all the same.
  if (event.keepsKey && from !== 'pending') return { to: 'held', change: ['held', seq, event.next], leavesTurn: false }
  return { to: 'pending', change: ['pending', seq, event.next], leavesTurn }
}
