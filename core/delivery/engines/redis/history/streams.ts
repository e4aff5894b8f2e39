import { readEntry, type Stored } from '../client/entry.ts'
import { partitionKey } from '../client/keys.ts'
import type { Connection } from '../client/run.ts'

export type Direction = 'forward' | 'backward'

export interface HistoryDeps {
  readonly connection: Pick<Connection, 'client' | 'prefix'>
  readonly partitions: number
}

/** A callback of a stream, which is a partition or `kept:...`. */
export interface Found {
  readonly stream: string
  readonly entry: string
  readonly stored: Stored
  /** Of a partition, as JSON. */
  readonly plugins: string
  /** How it was decided or refused, if it is not delivered. */
  readonly kept: { readonly outcome: string; readonly code: string; readonly failed: string; readonly error: string }
}

export interface Bounds {
  readonly oldest: string
  readonly newest: string
}

/** How many entries each stream reads ahead: few at first, since bodies come with them, and more in a long search. */
const AHEAD = 20
const MAX_AHEAD = 320

export function isKept(stream: string): boolean {
  return stream.startsWith('kept:')
}

export function streamKey(prefix: string, stream: string): string {
  return isKept(stream) ? `${prefix}:${stream}` : `${partitionKey(prefix, stream)}:cb`
}

export function foundOf(stream: string, [entry, list]: [string, string[]]): Found {
  const { is = '', to = '[]', outcome = '', code = '', failed = '', error = '' } = recordOf(list)
  return { stream, entry, stored: readEntry(is), plugins: to, kept: { outcome, code, failed, error } }
}

/** Turns names and values, which Redis returns alternately, into a record. */
export function recordOf(fields: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let n = 0; n + 1 < fields.length; n += 2) record[fields[n] ?? ''] = fields[n + 1] ?? ''
  return record
}

/** Reads one stream in one direction, a few entries at a time. */
export class StreamReader {
  readonly stream: string
  readonly #deps: HistoryDeps
  readonly #direction: Direction
  readonly #bounds: () => Promise<Bounds>
  #read: string | undefined
  #ahead: Found[] = []
  #count = AHEAD
  #isAtEnd = false
  /** The last entry that was taken, by this reader or one before it. */
  place: string | undefined

  constructor(
    deps: HistoryDeps,
    stream: string,
    { direction, place, bounds }: { direction: Direction; place: string | undefined; bounds: () => Promise<Bounds> },
  ) {
    this.stream = stream
    this.#deps = deps
    this.#direction = direction
    this.#bounds = bounds
    this.#read = place
    this.place = place
  }

  /** Returns the next entry without taking it; undefined at the end. */
  async head(): Promise<Found | undefined> {
    if (this.#ahead.length === 0 && !this.#isAtEnd) await this.#fill()
    return this.#ahead[0]
  }

  take(): void {
    this.place = this.#ahead.shift()?.entry ?? this.place
  }

  async #fill(): Promise<void> {
    const { client, prefix } = this.#deps.connection
    const { oldest, newest } = await this.#bounds()
    const key = streamKey(prefix, this.stream)
    const after = this.#read === undefined ? undefined : `(${this.#read}`
    const entries =
      this.#direction === 'forward'
        ? await client.xrange(key, after ?? oldest, newest, 'COUNT', this.#count)
        : await client.xrevrange(key, after ?? newest, oldest, 'COUNT', this.#count)
    this.#ahead = entries.map((entry) => foundOf(this.stream, entry))
    this.#read = this.#ahead.at(-1)?.entry ?? this.#read
    this.#isAtEnd = entries.length < this.#count
    this.#count = Math.min(2 * this.#count, MAX_AHEAD)
  }
}
