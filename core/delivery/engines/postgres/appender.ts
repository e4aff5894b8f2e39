import { TimhookError } from '../../../errors.ts'
import { retryUntil } from '../../../lib/timeout.ts'
import type { PostgresClient } from '../../../store/postgres/client.ts'
import type { Append } from '../../callback-log.ts'
import { APPEND, type Appended } from './sql/append.ts'

/** Batches under way at a time. No two share a partition, since a partition is locked until its commit. */
const LANES = 2
const MAX_ROWS = 500
const MAX_CHARACTERS = 4_000_000
/** How long a batch whose reply was lost is sent again. */
const GIVE_UP_MS = 1500

interface AppenderDeps {
  readonly postgres: Pick<PostgresClient, 'query'>
  /** Milliseconds. */
  readonly resendWindow: number
  /** A batch is about to be sent. */
  readonly onAppending: () => void
  /** A callback was stored. */
  readonly onStored: (partition: number, seq: number) => void
}

/** Stores callbacks in batches: those that arrive while a batch is under way go with the next one. */
export function createAppender(deps: AppenderDeps): (callback: Append) => void {
  const lanes = Array.from({ length: LANES }, () => new Lane(deps))
  return (callback) => lanes[callback.partition % LANES]?.add(callback)
}

class Lane {
  readonly #deps: AppenderDeps
  #queue: Append[] = []
  #isSending = false

  constructor(deps: AppenderDeps) {
    this.#deps = deps
  }

  add(callback: Append): void {
    this.#queue.push(callback)
    if (this.#isSending) return
    this.#isSending = true
    // All callbacks of one tick go together.
    queueMicrotask(() => void this.#sendAll())
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.length > 0) await this.#send(this.#nextBatch())
    this.#isSending = false
  }

  /**
   * Two with the same identity go in different batches, so that the second finds the first. Whatever follows it in its
   * partition waits with it, so that keys keep their order.
   */
  #nextBatch(): Append[] {
    const identities = new Set<string>()
    const heldBack = new Set<number>()
    const batch: Append[] = []
    const left: Append[] = []
    let characters = 0
    for (const callback of this.#queue) {
      const { identity, partition } = callback
      const hasRoom = batch.length < MAX_ROWS && characters < MAX_CHARACTERS
      if (!hasRoom || identities.has(identity) || heldBack.has(partition)) {
        heldBack.add(partition)
        left.push(callback)
        continue
      }
      identities.add(identity)
      characters += callback.raw.length
      batch.push(callback)
    }
    this.#queue = left
    return batch
  }

  async #send(batch: readonly Append[]): Promise<void> {
    const { postgres, resendWindow, onAppending, onStored } = this.#deps
    onAppending()
    let replies: Appended[]
    try {
      const values = [...columnsOf(batch), resendWindow]
      const send = (): Promise<Appended[]> => postgres.query<Appended>(APPEND, values)
      replies = await retryUntil(send, { waitMs: GIVE_UP_MS, isTemporary: isLost })
    } catch (error) {
      for (const callback of batch) callback.failed(error)
      return
    }
    for (const { i, seq, maybe, first_id: firstId, resends } of replies) {
      const callback = batch[i - 1]
      if (!callback) continue
      if (firstId !== null) callback.repeats(firstId, resends ?? 0)
      if (seq === null) continue
      callback.maybeResend = maybe === true
      onStored(callback.partition, seq)
      callback.stored(seq)
    }
  }
}

/** Whether the connection was lost, and the batch may not be stored. Callbacks that are keep their numbers if sent again. */
function isLost(error: unknown): boolean {
  return error instanceof TimhookError && error.code === 'STORE_UNREACHABLE'
}

function columnsOf(batch: readonly Append[]): unknown[][] {
  return [
    batch.map(({ partition }) => partition),
    batch.map(({ identity }) => identity),
    batch.map(({ identifiesEvent }) => identifiesEvent),
    batch.map(({ id }) => id),
    batch.map(({ sdkAppId }) => sdkAppId),
    batch.map(({ command }) => command),
    batch.map(({ receivedAt }) => receivedAt),
    batch.map(({ signed }) => signed),
    batch.map(({ expendable }) => expendable),
    batch.map(({ key }) => key ?? null),
    batch.map(({ query }) => query),
    batch.map(({ raw }) => raw),
    batch.map(({ plugins }) => plugins),
  ]
}
