import { callbackRecordOf } from '../partition/entry.ts'
import type { Connection } from '../client/run.ts'

export type Direction = 'forward' | 'backward'

/** An entry of any stream of callbacks. */
export interface StreamEntry {
  readonly stream: string
  readonly entry: string
  readonly fields: Record<string, string>
}

/** How many entries each stream reads ahead: few, since bodies come with them. */
const AHEAD = 20

/** Reads one stream in one direction, a few entries at a time. */
export class StreamReader {
  readonly #connection: Pick<Connection, 'client' | 'prefix'>
  readonly #stream: string
  readonly #direction: Direction
  readonly #bounds: { readonly oldest: string; readonly newest: string }
  #read: string | undefined
  #ahead: StreamEntry[] = []
  #isAtEnd = false
  /** The last entry that was taken, by this reader or one before it. */
  place: string | undefined

  constructor(
    connection: Pick<Connection, 'client' | 'prefix'>,
    {
      stream,
      direction,
      place,
      bounds,
    }: {
      stream: string
      direction: Direction
      place: string | undefined
      bounds: { readonly oldest: string; readonly newest: string }
    },
  ) {
    this.#connection = connection
    this.#stream = stream
    this.#direction = direction
    this.#bounds = bounds
    this.#read = place
    this.place = place
  }

  /** Returns the next entry without taking it; undefined at the end. */
  async head(): Promise<StreamEntry | undefined> {
    if (this.#ahead.length === 0 && !this.#isAtEnd) await this.#fill()
    return this.#ahead[0]
  }

  take(): void {
    this.place = this.#ahead.shift()?.entry ?? this.place
  }

  async #fill(): Promise<void> {
    const { client, prefix } = this.#connection
    const { oldest, newest } = this.#bounds
    const key = `${prefix}:${this.#stream}`
    const after = this.#read === undefined ? undefined : `(${this.#read}`
    const entries =
      this.#direction === 'forward'
        ? await client.xrange(key, after ?? oldest, newest, 'COUNT', AHEAD)
        : await client.xrevrange(key, after ?? newest, oldest, 'COUNT', AHEAD)
    this.#ahead = entries.map(([entry, fields]) => ({ stream: this.#stream, entry, fields: callbackRecordOf(fields) }))
    this.#read = this.#ahead.at(-1)?.entry ?? this.#read
    this.#isAtEnd = entries.length < AHEAD
  }
}
