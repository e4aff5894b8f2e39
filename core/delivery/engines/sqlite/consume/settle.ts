import type { Bus } from '../../../../observe/bus.ts'
import { aboutOf } from '../../../../callback/callback.ts'
import { afterCrashes, poisonText } from '../../../consume/suspects.ts'
import type { KeyOverflow } from './key-overflow.ts'
import type { Item } from './item.ts'
import type { SettleBatcher } from './settle-batcher.ts'
import type { Again } from '../worker/messages.ts'
import type { Cursor } from './cursor.ts'
import type { Retries } from './retries.ts'

interface Parts {
  readonly plugin: string
  readonly bus: Bus
  readonly ledger: SettleBatcher
  readonly progress: Cursor
  readonly retries: Retries
  readonly chains: KeyOverflow
}

/** Notes what becomes of a plugin's callbacks, and counts those that wait. */
export function createOutcomes({ plugin, bus, ledger, progress, retries, chains }: Parts, backlog: number) {
  let waiting = backlog

  /** Lets go of where the item came from, once that is on disk. */
  const after = ({ from, shared: { seq, key } }: Item): (() => void) | undefined => {
    if (from === 'retries') return () => retries.forget(seq)
    return from === 'chain' && key !== undefined ? chains.changes(key) : undefined
  }
  const settle = ({ from, shared: { seq } }: Item): void => {
    if (from !== 'row') return
    progress.settle(seq)
    ledger.touch()
  }

  const dead = (item: Item, attempts: number, error: string, isTold = false, isFault = false): void => {
    waiting--
    const { seq, callback } = item.shared
    ledger.note(['dead', plugin, seq, attempts, error, Date.now(), isFault], after(item))
    settle(item)
    if (!isTold) bus.emit('callback:dead', { ...aboutOf(callback), plugin, error })
  }
  /** Has a suspect wait, without its key. */
  const suspend = (item: Item, waitMs: number): void => {
    const { seq, callback } = item.shared
    const dueAt = Date.now() + waitMs
    const free = after(item)
    ledger.note(['pending', plugin, seq, { attempt: item.attempt, dueAt }])
    ledger.note(['try', plugin, seq, -item.tries], () => {
      free?.()
      retries.wake(dueAt)
      bus.emit('callback:suspect', { ...aboutOf(callback), plugin, crashes: item.tries, retryMs: waitMs })
    })
    settle(item)
  }

  return {
    waiting: (): number => waiting,
    came(count = 1): void {
      waiting += count
    },
    done(item: Item): void {
      waiting--
      if (item.from !== 'row' || item.inDoubt) ledger.note(['finished', plugin, item.shared.seq], after(item))
      settle(item)
    },
    /** @param isTold whether the bus has been told */
    dead,
    /** Whether a callback is out of the way, because the process has died over it too often. */
    isPoison(item: Item): boolean {
      const fate = afterCrashes(item.tries)
      if (fate === 'dead') dead(item, item.attempt - 1, poisonText(item.tries))
      else if (fate) suspend(item, fate.waitMs)
      return fate !== undefined
    },
    /** Writes a retry down. With a chain it stays in its lane, and holds the key up. */
    again(item: Item, again: Again & { readonly dueAt: number }): Item {
      const { seq } = item.shared
      const { attempt, dueAt, chain } = again
      const free = after(item)
      const kept = chain === undefined ? undefined : chains.changes(chain)
      ledger.note(['pending', plugin, seq, again], () => {
        free?.()
        kept?.()
        if (chain === undefined) retries.wake(dueAt)
      })
      settle(item)
      const from = chain === undefined ? 'retries' : 'chain'
      return { ...item, attempt, dueAt, from, tries: 0, hasDied: false, inDoubt: false }
    },
    /** Puts one at the end of its key's chain. */
    park(item: Item, key: string): void {
      ledger.note(['pending', plugin, item.shared.seq, { attempt: item.attempt, chain: key }], chains.changes(key))
      settle(item)
    },
  }
}
