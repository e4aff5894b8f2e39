import type { Bus } from '../../../../observe/bus.ts'
import { aboutOf } from '../../../../callback/callback.ts'
import { afterCrashes, poisonText } from '../../../attempt/suspects.ts'
import type { KeyOverflow } from './key-overflow.ts'
import type { Item } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { NextAttempt } from '../worker/messages.ts'
import type { Cursor } from './cursor.ts'
import type { Retries } from './retries.ts'

interface OutcomesDeps {
  readonly plugin: string
  readonly bus: Bus
  readonly settleBatcher: SettleBatcher
  readonly cursor: Cursor
  readonly retries: Retries
  readonly keyOverflow: KeyOverflow
}

/** Records the outcomes of a plugin's callbacks, and counts those that wait. */
export function createOutcomes(
  { plugin, bus, settleBatcher, cursor, retries, keyOverflow }: OutcomesDeps,
  backlog: number,
) {
  let waiting = backlog

  /** Releases the retry or the chain that the item came from. Called once the outcome is on disk. */
  const after = ({ from, shared: { seq, key } }: Item): (() => void) | undefined => {
    if (from === 'retries') return () => retries.forget(seq)
    return from === 'chain' && key !== undefined ? keyOverflow.changes(key) : undefined
  }
  const settle = ({ from, shared: { seq } }: Item): void => {
    if (from !== 'row') return
    cursor.settle(seq)
    settleBatcher.touch()
  }

  const dead = (item: Item, attempts: number, error: string, isEmitted = false, isFault = false): void => {
    waiting--
    const { seq, callback } = item.shared
    settleBatcher.enqueue(['dead', plugin, seq, attempts, error, Date.now(), isFault], after(item))
    settle(item)
    if (!isEmitted) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }
  /** Schedules a suspect for later. It does not block its key meanwhile. */
  const suspend = (item: Item, waitMs: number): void => {
    const { seq, callback } = item.shared
    const dueAt = Date.now() + waitMs
    const release = after(item)
    settleBatcher.enqueue(['pending', plugin, seq, { attempt: item.attempt, dueAt }])
    settleBatcher.enqueue(['try', plugin, seq, -item.tries], () => {
      release?.()
      retries.wake(dueAt)
      bus.emit('callback:suspect', { ...aboutOf(callback), plugin, crashes: item.tries, retryMs: waitMs })
    })
    settle(item)
  }

  return {
    waiting: (): number => waiting,
    add(count = 1): void {
      waiting += count
    },
    done(item: Item): void {
      waiting--
      if (item.from !== 'row' || item.isSuspect)
        settleBatcher.enqueue(['finished', plugin, item.shared.seq], after(item))
      settle(item)
    },
    /** @param isEmitted whether `callback:dead` was already emitted */
    dead,
    /** Suspends or dead-letters a callback that crashed the process too often. Returns whether it did. */
    isPoison(item: Item): boolean {
      const outcome = afterCrashes(item.tries)
      if (outcome === 'dead') dead(item, item.attempt - 1, poisonText(item.tries))
      else if (outcome) suspend(item, outcome.waitMs)
      return outcome !== undefined
    },
    /** Stores a retry. With a chain its task stays, and blocks its key. */
    retryLater(item: Item, next: NextAttempt & { readonly dueAt: number }): Item {
      const { seq } = item.shared
      const { attempt, dueAt, chain } = next
      const release = after(item)
      const whenChained = chain === undefined ? undefined : keyOverflow.changes(chain)
      settleBatcher.enqueue(['pending', plugin, seq, next], () => {
        release?.()
        whenChained?.()
        if (chain === undefined) retries.wake(dueAt)
      })
      settle(item)
      const from = chain === undefined ? 'retries' : 'chain'
      return { ...item, attempt, dueAt, from, tries: 0, hasCrashed: false, isSuspect: false }
    },
    /** Appends a callback to the chain of its key. */
    overflow(item: Item, key: string): void {
      settleBatcher.enqueue(
        ['pending', plugin, item.shared.seq, { attempt: item.attempt, chain: key }],
        keyOverflow.changes(key),
      )
      settle(item)
    },
  }
}
