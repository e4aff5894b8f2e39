import type { Entry } from '../../../history.ts'
import { readEntry, recordOf } from '../client/entry.ts'
import { partitionKey } from '../client/keys.ts'
import type { Connection } from '../client/run.ts'

export type Direction = 'forward' | 'backward'

export interface HistoryDeps {
  readonly connection: Connection
  readonly partitions: number
}

/** A callback of a stream, which is a partition or `kept:...`. */
export interface Found {
  readonly stream: string
  /** Its id in the stream. */
  readonly place: string
  /** Its plugins as JSON, if it is delivered. */
  readonly plugins: string
  /** With its body, and without what is stored elsewhere: its resends, and the outcome for each plugin. */
  readonly entry: Entry
}

/** Ids of a stream, as XRANGE takes them. */
export interface Bounds {
  readonly oldest: string
  readonly newest: string
}

/** How many entries of a stream are read at once: few at first, since bodies come with them, and more in a long search. */
const FEWEST = 20
export const MOST = 320

export function isKept(stream: string): boolean {
  return stream.startsWith('kept:')
}

export function streamKey(prefix: string, stream: string): string {
  return isKept(stream) ? `${prefix}:${stream}` : `${partitionKey(prefix, stream)}:cb`
}

function foundOf(stream: string, [place, list]: [string, string[]]): Found {
  const { is = '', to = '[]', outcome, code, failed, error } = recordOf(list)
  const { key: _key, query, raw, ...about } = readEntry(is)
  const undelivered = {
    outcome: outcome as NonNullable<Entry['undelivered']>['outcome'],
    code: Number(code),
    failed: failed === '1',
    ...(error && { error }),
  }
  const ref = `${stream}/${isKept(stream) ? place : place.slice(2)}`
  const more = { body: { query, raw }, ...(isKept(stream) && { undelivered }) }
  return { stream, place, plugins: to, entry: { ref, ...about, resends: 0, plugins: [], ...more } }
}

/** Reads a stream in one direction, only what follows `place` if that is given. */
export async function* readStream(
  { connection: { client, prefix } }: HistoryDeps,
  stream: string,
  { direction, oldest, newest, place }: Bounds & { direction: Direction; place?: string | undefined },
  atOnce = FEWEST,
): AsyncGenerator<Found, undefined> {
  const key = streamKey(prefix, stream)
  let after = place
  for (let count = atOnce; ; count = Math.min(2 * count, MOST)) {
    const from = after === undefined ? undefined : `(${after}`
    const entries =
      direction === 'forward'
        ? await client.xrange(key, from ?? oldest, newest, 'COUNT', count)
        : await client.xrevrange(key, from ?? newest, oldest, 'COUNT', count)
    for (const entry of entries) yield foundOf(stream, entry)
    if (entries.length < count) return undefined
    after = entries.at(-1)?.[0]
  }
}
