import { covers } from '../../../../registry.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { readEntry, recordOf } from '../client/entry.ts'
import { partitionKey } from '../client/keys.ts'
import type { HistoryDeps } from './streams.ts'

/** How many dead letters are read at once. */
const PAGE = 50
const REF = /^(\d+)-(\d+)-(\d+)-(.+)$/

/** Where a dead letter is, and when it died. */
interface Place {
  readonly at: number
  readonly n: number
  readonly seq: number
  readonly plugin: string
}

/** Lists dead letters, newest first. */
export async function deadLetters(
  deps: HistoryDeps,
  { plugin, command, refs, before, limit = 100 }: DeadFilter,
): Promise<DeadLetter[]> {
  const last = before === undefined ? undefined : placeOf(before)
  if (before !== undefined && !last) return []
  const all = refs ? refs.flatMap((ref) => placeOf(ref) ?? []) : (await allPlaces(deps)).toSorted(compare)
  const isTheirs = (place: Place): boolean => plugin === undefined || place.plugin === plugin
  const places = all.filter((place) => isTheirs(place) && (!last || compare(last, place) < 0))
  const letters: DeadLetter[] = []
  for (let from = 0; from < places.length && letters.length < limit; from += PAGE) {
    const page = places.slice(from, from + PAGE).map(async (place) => {
      const letter = await readLetter(deps, place)
      // If it has died again since, it is a different one.
      return letter?.at === place.at ? letter : []
    })
    const found = (await Promise.all(page)).flat()
    letters.push(...found.filter(({ callback }) => command === undefined || covers(command, callback.command)))
  }
  return letters.slice(0, limit)
}

async function allPlaces({ connection: { client, prefix }, partitions }: HistoryDeps): Promise<Place[]> {
  const found = Array.from({ length: partitions }, async (_, n) => {
    const times = recordOf(await client.zrange(`${partitionKey(prefix, n)}:dead`, 0, -1, 'WITHSCORES'))
    return Object.entries(times).map(([name, at]): Place => {
      const space = name.lastIndexOf(' ')
      return { at: Number(at), n, seq: Number(name.slice(space)), plugin: name.slice(0, space) }
    })
  })
  return (await Promise.all(found)).flat()
}

/** The newest first. */
function compare(one: Place, other: Place): number {
  return other.at - one.at || other.n - one.n || other.seq - one.seq || one.plugin.localeCompare(other.plugin)
}

/** Reads the dead letter of a callback and a plugin. */
export async function readLetter(
  { connection: { client, prefix } }: HistoryDeps,
  { n, seq, plugin }: Omit<Place, 'at'>,
): Promise<DeadLetter | undefined> {
  const text = (await client.hget(`${partitionKey(prefix, n)}:letters`, `${plugin} ${seq}`)) ?? ''
  const [about, attempts, at, error = ''] = /^(\d+) (\d+) ([^\0]*)\0/.exec(text) ?? []
  if (about === undefined) return undefined
  const { id, sdkAppId, command, receivedAt } = readEntry(text.slice(about.length))
  const callback = { ref: `${n}/${seq}`, id, sdkAppId, command, receivedAt }
  return { ref: `${at}-${n}-${seq}-${plugin}`, plugin, at: Number(at), attempts: Number(attempts), error, callback }
}

function placeOf(ref: string): Place | undefined {
  const [, at, n, seq, plugin = ''] = REF.exec(ref) ?? []
  return at === undefined ? undefined : { at: Number(at), n: Number(n), seq: Number(seq), plugin }
}
