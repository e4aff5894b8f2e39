import type { Bus } from '../../observe/bus.ts'
import { aboutOf } from '../../callback/callback.ts'
import { afterCrashes, poisonText } from '../attempt/suspects.ts'
import type { CallbackLog, Change, NextAttempt } from '../callback-log.ts'
import type { Item } from './item.ts'
import type { Partition } from './partition.ts'
import type { SettleBatcher } from './settle-batcher.ts'

interface OutcomesDeps {
  readonly plugin: string
  readonly bus: Bus
  readonly log: Pick<CallbackLog, 'now'>
  readonly settleBatcher: SettleBatcher
}

/** Why it becomes a dead letter. */
interface Death {
  readonly attempts: number
  readonly error: string
  readonly isFault?: boolean | undefined
}

export type Outcomes = ReturnType<typeof createOutcomes>

/** Records where a plugin's callbacks go after an attempt, and counts those that wait. */
export function createOutcomes({ plugin, bus, log, settleBatcher }: OutcomesDeps) {
  /** Writes where a callback goes from its place: its key is free from now on. With `dueAt` it is read again then. */
  const move = (partition: Partition, { place, shared: { seq } }: Item, change: Change, dueAt?: number): void => {
    settleBatcher.enqueue(partition, change, (isWritten) => {
      if (place === 'pending') partition.retries.forget(seq)
      if (isWritten && dueAt !== undefined) partition.retries.wake(dueAt)
    })
    if (place !== 'pending') partition.settle(seq, true)
  }

  const dead = (
    partition: Partition,
    item: Item,
    { attempts, error, isFault = false }: Death,
    isEmitted = false,
  ): void => {
    const { callback, seq } = item.shared
    partition.finish()
    move(partition, item, ['dead', seq, { attempts, error, at: log.now(), isFault }])
    if (!isEmitted) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }

  /** Makes a suspect wait. It does not block its key meanwhile. */
  const suspend = (partition: Partition, item: Item, waitMs: number): void => {
    const { shared, attempt, tries, deferredSince } = item
    const dueAt = log.now() + waitMs
    // In this order, because the first change removes the existing `try`.
    move(partition, item, ['pending', shared.seq, { attempt, dueAt, deferredSince }], dueAt)
    settleBatcher.enqueue(partition, ['try', shared.seq, -tries], (isWritten) => {
      if (isWritten)
        bus.emit('callback:suspect', { ...aboutOf(shared.callback), plugin, crashes: tries, retryMs: waitMs })
    })
  }

  return {
    done(partition: Partition, item: Item): void {
      const { place, isSuspect, shared } = item
      partition.finish()
      // Nothing is written for most callbacks, since the cursor simply passes them. A suspect may have a `try`.
      if (place === 'new' && !isSuspect) partition.settle(shared.seq)
      else move(partition, item, ['finished', shared.seq])
    },
    /** @param isEmitted whether `callback:dead` was already emitted */
    dead,
    /**
     * Stores when it is tried again; with `keepsKey`, later ones of its key wait until then. Returns the item for the
     * next attempt, in case it keeps its key until then.
     */
    again(partition: Partition, item: Item, next: NextAttempt, keepsKey: boolean): Item {
      const { seq } = item.shared
      const { attempt, dueAt, deferredSince } = next
      // A pending callback has left the order for good. It still keeps its key as long as this process lives.
      const place = item.place === 'pending' ? 'pending' : 'held'
      if (keepsKey) settleBatcher.enqueue(partition, [place, seq, next])
      else move(partition, item, ['pending', seq, next], dueAt)
      return { ...item, place, attempt, dueAt, deferredSince, tries: 0, hasCrashed: false, isSuspect: false }
    },
    /** Suspends or dead-letters a callback that has crashed the process too often. Returns whether it did. */
    isPoison(partition: Partition, item: Item): boolean {
      const outcome = afterCrashes(item.tries)
      if (outcome === 'dead') dead(partition, item, { attempts: item.attempt - 1, error: poisonText(item.tries) })
      else if (outcome) suspend(partition, item, outcome.waitMs)
      return outcome !== undefined
    },
  }
}
