import type { Worker } from 'node:worker_threads'
import type { Fault, Reply, Request } from '../../../core/delivery/engines/sqlite/worker/messages.ts'
import { type OpenFile, openFile } from '../../../core/delivery/engines/sqlite/file/open-file.ts'
import { createOperations, type OperationTable } from '../../../core/delivery/engines/sqlite/worker/operations.ts'
import { work } from '../../../core/delivery/engines/sqlite/worker/worker.ts'

/** How long a transaction takes at most, in milliseconds. */
const LONGEST_MS = 4
const busy: Fault = { message: 'database is locked', code: 'SQLITE_BUSY', hint: '' }

/**
 * What the thread of the store does, without a thread: how long it takes is decided by chance, on the clock of the
 * model, and what came meanwhile is worked on together, as there.
 */
export class InlineThread {
  readonly #random: () => number
  readonly #batches: Request[][] = []
  #opened: OpenFile | undefined
  #operations: OperationTable | undefined
  #isWorking = false
  #receive: (replies: Reply[]) => void = () => undefined
  /** Nothing can be written. */
  isDown = false

  constructor(random: () => number) {
    this.#random = random
  }

  get asWorker(): Worker {
    return this as unknown as Worker
  }

  on(event: string, listener: (replies: Reply[]) => void): void {
    if (event === 'message') this.#receive = listener
  }

  ref(): void {}

  unref(): void {}

  async terminate(): Promise<number> {
    this.#receive = () => undefined
    return 0
  }

  postMessage(message: string | Request[]): void {
    if (typeof message === 'string') this.#open(message)
    else this.#batches.push(structuredClone(message))
    if (!this.#isWorking) this.#work()
  }

  #open(file: string): void {
    this.#opened = openFile(file)
    // Power does not fail here.
    this.#opened.database.exec('PRAGMA synchronous = OFF')
    this.#operations = createOperations(this.#opened)
    this.#receive([{ result: this.#opened.descriptor }])
  }

  #work(): void {
    const batch = this.#batches.splice(0).flat()
    this.#isWorking = batch.length > 0
    if (batch.length === 0) return
    setTimeout(
      () => {
        const replies = this.#perform(batch)
        this.#receive(replies)
        this.#work()
      },
      Math.floor(this.#random() * LONGEST_MS),
    )
  }

  #perform(batch: readonly Request[]): Reply[] {
    if (this.isDown) return batch.map(() => ({ error: busy }))
    if (!this.#opened || !this.#operations) throw new Error('not open')
    return work(this.#opened, this.#operations, batch)
  }
}
