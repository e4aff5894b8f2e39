import { TimhookError } from '../../errors.ts'
import { APPEND } from './scripts/append.ts'
import type { Run } from './run.ts'

/** A callback as the script takes it. */
export type Row = readonly (string | number)[]

/** Whether it was stored, how often the first one has come again, and the id of that. */
export type Appended = readonly [stored: number, resends: number, firstId: string]

interface Waiting {
  readonly row: Row
  readonly size: number
  readonly done: (error: unknown, reply: Appended | undefined) => void
}

/** Callbacks, and characters of their bodies, that one script stores: Redis stands still meanwhile. */
const BATCH = 64
const BATCH_CHARACTERS = 1_000_000
/** What may be under way: a Redis that hangs is not to fill our memory. */
const OPEN = 20_000
const OPEN_CHARACTERS = 64_000_000

/** Stores what came in one turn of the event loop together: they share a round trip and a sync of Redis' file. */
export class Appender {
  readonly #run: Run
  readonly #before: readonly (string | number)[]
  #batch: Waiting[] = []
  #open = 0
  #characters = 0

  /** @param before the arguments that all calls have in common */
  constructor(run: Run, before: readonly (string | number)[]) {
    this.#run = run
    this.#before = before
  }

  append(row: Row, size: number): Promise<Appended> {
    if (this.#open >= OPEN || this.#characters >= OPEN_CHARACTERS) {
      return Promise.reject(new TimhookError('STORE_UNUSABLE', 'Redis does not answer, and too much waits for it'))
    }
    this.#open++
    this.#characters += size
    return new Promise((resolve, reject) => {
      if (this.#batch.length === 0) setImmediate(() => this.#flush())
      this.#batch.push({
        row,
        size,
        done: (error, reply) => {
          this.#open--
          this.#characters -= size
          if (reply) resolve(reply)
          else reject(error)
        },
      })
    })
  }

  #flush(): void {
    let some: Waiting[] = []
    let characters = 0
    for (const waiting of this.#batch.splice(0)) {
      some.push(waiting)
      characters += waiting.size
      if (some.length < BATCH && characters < BATCH_CHARACTERS) continue
      void this.#send(some)
      some = []
      characters = 0
    }
    if (some.length > 0) void this.#send(some)
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    try {
      const replies = await this.#run<Appended[]>(APPEND, ...this.#before, ...batch.flatMap(({ row }) => row))
      for (const [index, { done }] of batch.entries()) done(new Error('no reply'), replies[index])
    } catch (error) {
      for (const { done } of batch) done(error, undefined)
    }
  }
}
