import type { Bus } from '../../observe/bus.ts'
import { aboutOf } from '../../callback/callback.ts'
import { afterCrashes, poisonText } from '../attempt/suspects.ts'
import type { CallbackLog, NextAttempt } from '../callback-log.ts'
import { type Event, stepOf } from './callback-state.ts'
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

/** Records the outcomes of a plugin's callbacks, and counts those that wait. */
export function createOutcomes({ plugin, bus, log, settleBatcher }: OutcomesDeps) {
  const record = (partition: Partition, item: Item, event: Event): void => {
    const { place, isSuspect } = item
    const { seq } = item.shared
    const { to, change, leavesTurn } = stepOf(place, event, seq, isSuspect)
    if (to === 'done' || to === 'dead') partition.finish()
    if (change) {
      const isKept = event.as === 'again' && event.keepsKey
      const forgets = place === 'pending' && !isKept
      settleBatcher.enqueue(partition, change, (isWritten) => {
        if (forgets) partition.retries.forget(seq)
        if (isWritten && event.as === 'again' && !event.keepsKey) partition.retries.wake(event.next.dueAt)
      })
    }
    if (leavesTurn) partition.settle(seq, change !== undefined)
  }

  const dead = (
    partition: Partition,
    item: Item,
    { attempts, error, isFault = false }: Death,
    isEmitted = false,
  ): void => {
    record(partition, item, { as: 'dead', letter: { attempts, error, at: log.now(), isFault } })
    if (!isEmitted) bus.emit('callback:dead', { ...aboutOf(item.shared.callback), plugin, error })
  }

  /** Makes a suspect wait. It does not block its key meanwhile. */
  const suspend = (partition: Partition, item: Item, waitMs: number): void => {
    const { shared, attempt, tries } = item
    const next = { attempt, dueAt: log.now() + waitMs, deferredSince: item.deferredSince }
    // In this order, because the first change removes the existing `try`.
    record(partition, item, { as: 'again', next, keepsKey: false })
    settleBatcher.enqueue(partition, ['try', shared.seq, -tries], (isWritten) => {
      if (isWritten)
        bus.emit('callback:suspect', { ...aboutOf(shared.callback), plugin, crashes: tries, retryMs: waitMs })
    })
  }

  return {
    done: (partition: Partition, item: Item): void => record(partition, item, { as: 'done' }),
    /** @param isEmitted whether `callback:dead` was already emitted */
    dead,
    /** Stores when it is tried again. Returns the item for the next attempt, in case it keeps its key until then. */
    again(partition: Partition, item: Item, next: NextAttempt, keepsKey: boolean): Item {
      record(partition, item, { as: 'again', next, keepsKey })
      const { attempt, dueAt, deferredSince } = next
      const place = item.place === 'pending' ? 'pending' : 'held'
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
