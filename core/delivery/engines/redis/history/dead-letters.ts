import { covers } from '../../../../registry.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { readEntry } from '../client/entry.ts'
import { partitionKey } from '../client/keys.ts'
import { refOf } from './list.ts'
import type { HistoryDeps } from './streams.ts'

const PAGE = 50
const REF = /^(\d+)-(\d+)-(\d+)-(.+)$/

/** Where a dead letter is, and when it died. */
interface Place {
  readonly at: number
  readonly n: number
  /** `PLUGIN SEQ`. */
  readonly name: string
}

/** Lists dead letters, newest first. */
export async function deadLetters(
  deps: HistoryDeps,
  { plugin, command, refs, before, limit = 100 }: DeadFilter,
): Promise<DeadLetter[]> {
  const fits = (letter: DeadLetter): boolean =>
    (plugin === undefined || letter.plugin === plugin) &&
    (command === undefined || covers(command, letter.callback.command))
  const letters: DeadLetter[] = []
  if (refs) {
    const places = refs.flatMap((ref) => placeOf(ref) ?? [])
    return (await read(deps, places)).filter(fits).slice(0, limit)
  }
  const last = before === undefined ? undefined : placeOf(before)
  if (before !== undefined && !last) return letters
  const readers = Array.from({ length: deps.partitions }, (_, n) => new PlaceReader(deps, n, last))
  while (letters.length < limit) {
    const places = await take(readers, PAGE)
    if (places.length === 0) break
    letters.push(...(await read(deps, places)).filter(fits))
  }
  return letters.slice(0, limit)
}

/** Whether one comes before another in the list. */
function isBefore(one: Place, other: Place): boolean {
  if (one.at !== other.at) return one.at > other.at
  return one.n === other.n ? one.name > other.name : one.n > other.n
}

/** The dead letters of a partition behind one of the list. */
class PlaceReader {
  readonly #deps: HistoryDeps
  readonly #n: number
  readonly #after: Place | undefined
  #offset = 0
  #ahead: Place[] = []
  #isAtEnd = false

  constructor(deps: HistoryDeps, n: number, after: Place | undefined) {
    this.#deps = deps
    this.#n = n
    this.#after = after
  }

  async head(): Promise<Place | undefined> {
    const { client, prefix } = this.#deps.connection
    const key = `${partitionKey(prefix, this.#n)}:dead`
    while (this.#ahead.length === 0 && !this.#isAtEnd) {
      const newest = this.#after?.at ?? '+inf'
      const found = await client.zrevrangebyscore(key, newest, '-inf', 'WITHSCORES', 'LIMIT', this.#offset, PAGE)
      const places = Array.from({ length: found.length / 2 }, (_, index): Place => {
        return { at: Number(found[2 * index + 1]), n: this.#n, name: found[2 * index] ?? '' }
      })
      this.#offset += places.length
      this.#isAtEnd = places.length < PAGE
      const after = this.#after
      this.#ahead = after ? places.filter((place) => isBefore(after, place)) : places
    }
    return this.#ahead[0]
  }

  take(): void {
    this.#ahead.shift()
  }
}

async function take(readers: readonly PlaceReader[], count: number): Promise<Place[]> {
  const places: Place[] = []
  while (places.length < count) {
    let first: { place: Place; reader: PlaceReader } | undefined
    for (const reader of readers) {
      const place = await reader.head()
      if (place && (!first || isBefore(place, first.place))) first = { place, reader }
    }
    if (!first) break
    first.reader.take()
    places.push(first.place)
  }
  return places
}

async function read({ connection: { client, prefix } }: HistoryDeps, places: readonly Place[]): Promise<DeadLetter[]> {
  const found = places.map(async (place): Promise<DeadLetter[]> => {
    const text = await client.hget(`${partitionKey(prefix, place.n)}:letters`, place.name)
    const letter = text === null ? undefined : letterOf(place, text)
    // One that has died anew since is another one.
    return letter?.at === place.at ? [letter] : []
  })
  return (await Promise.all(found)).flat()
}

function letterOf({ n, name }: Place, text: string): DeadLetter {
  const end = text.indexOf('\0')
  const [, attempts, at, error = ''] = /^(\d+) (\d+) (.*)$/s.exec(text.slice(0, end)) ?? []
  const space = name.lastIndexOf(' ')
  const [plugin, seq] = [name.slice(0, space), name.slice(space + 1)]
  const { id, sdkAppId, command, receivedAt } = readEntry(text.slice(end + 1))
  const callback = { ref: refOf(String(n), `0-${seq}`), id, sdkAppId, command, receivedAt }
  return { ref: `${at}-${n}-${seq}-${plugin}`, plugin, at: Number(at), attempts: Number(attempts), error, callback }
}

function placeOf(ref: string): Place | undefined {
  const [, at, n, seq, plugin] = REF.exec(ref) ?? []
  return at === undefined ? undefined : { at: Number(at), n: Number(n), name: `${plugin} ${seq}` }
}
