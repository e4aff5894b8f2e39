import { setTimeout as delay } from 'node:timers/promises'
import { Queue } from '../../../../lib/fifo.ts'
import type { Append } from '../../../callback-log.ts'
import { entryText } from '../client/entry.ts'
import { type Connection, loadScript, runIn } from '../client/run.ts'

export const APPEND = loadScript('append.lua', import.meta.url)

/** The number (0 unless stored now), how many resends the first one has, and its id; or only the number. */
type Reply = number | readonly [seq: number, resends: number, firstId: string]

interface AppenderDeps {
  readonly connection: Connection
  readonly resendWindow: number
  /** Resolves when callbacks may be stored; undefined if they may be now. */
  readonly ready: () => Promise<unknown> | undefined
  /** Whether other processes write to the same Redis. */
  readonly isShared: () => boolean
  /** A batch was sent with callbacks of these partitions: anything sent now shares its fsync. */
  readonly onSent: (partitions: Iterable<number>) => void
}

/** The most callbacks, and characters of bodies, in one script call. Redis serves nobody else meanwhile. */
const BATCH = 128
const BATCH_CHARACTERS = 1_000_000
/** How long a batch waits for more when other processes write to the same Redis. Each batch costs Redis an fsync. */
const GATHER_MS = 1

/**
 * Appends callbacks in batches, so that they share a round trip and an fsync. A batch holds what arrived in one tick, and what
 * arrived while the previous batch was under way. One is under way at a time, so callbacks are reported in order.
 */
export class Appender {
  readonly #deps: AppenderDeps
  readonly #queue = new Queue<Append>()
  #isBusy = false

  constructor(deps: AppenderDeps) {
    this.#deps = deps
  }

  append(append: Append): void {
    this.#queue.put(append)
    if (this.#isBusy) return
    this.#isBusy = true
    setImmediate(() => void this.#sendAll())
  }

  async #sendAll(): Promise<void> {
    while (this.#queue.size > 0) {
      await this.#send(this.#next())
      if (this.#queue.size > 0 && this.#queue.size < BATCH && this.#deps.isShared()) await delay(GATHER_MS)
    }
    this.#isBusy = false
  }

  #next(): Append[] {
    const batch: Append[] = []
    let characters = 0
    while (batch.length < BATCH && characters < BATCH_CHARACTERS) {
      const append = this.#queue.take()
      if (!append) break
      batch.push(append)
      characters += append.raw.length
    }
    return batch
  }

  async #send(batch: readonly Append[]): Promise<void> {
    const { connection, resendWindow, ready, onSent } = this.#deps
    const indices = new Map<number, number>()
    const args: (string | number)[] = [resendWindow]
    for (const append of batch) {
      const { partition, identity, identifiesEvent, plugins, id, expendable } = append
      const index = indices.get(partition) ?? indices.size + 1
      indices.set(partition, index)
      args.push(index, identity, identifiesEvent ? 1 : 0, plugins, id, entryText(append, expendable))
    }
    try {
      await ready()
      const replies = runIn<Reply[]>(connection, [...indices.keys()], APPEND, args)
      onSent(indices.keys())
      this.#notify(batch, await replies)
    } catch (error) {
      // Redis may have stored it, or may yet store it. Then its number is missing, and the consumer reads it.
      for (const append of batch) append.failed(error)
    }
  }

  #notify(batch: readonly Append[], replies: readonly Reply[]): void {
    for (const [index, append] of batch.entries()) {
      const reply = replies[index] ?? 0
      const [seq, resends = 0, firstId = ''] = typeof reply === 'number' ? [reply] : reply
      append.maybeResend = resends > 0 && seq > 0
      if (resends > 0) append.repeats(firstId, resends)
      if (seq > 0) append.stored(seq)
    }
  }
}
