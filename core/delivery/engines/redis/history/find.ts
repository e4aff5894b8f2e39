import type { Entry } from '../../../history.ts'
import { callbackRecordOf } from '../partition/entry.ts'
import { entriesOf } from './entries.ts'
import { type HistoryDeps, streamsFor } from './list.ts'
import type { StreamEntry } from './streams.ts'

const ID = /^([0-9a-z]{9})[0-9a-z]{13}$/
/**
 * How far the number of an entry may be from the time in the id, since Redis has another clock. Searches nearby first,
 * then further.
 */
const NEAR = { before: 2000, after: 10_000 }
const FAR = { before: 600_000, after: 600_000 }
const PAGE = 500

/** Finds callbacks by their ids. An id begins with the time of receipt, and entries are numbered by time. */
export async function find(deps: HistoryDeps, ids: readonly string[], bodies: boolean): Promise<Entry[]> {
  const wanted = new Set(ids.filter((id) => ID.test(id)))
  const found: StreamEntry[] = []
  for (const around of [NEAR, FAR]) {
    for (const id of wanted) {
      const some = await search(deps, id, around)
      if (some.length > 0) wanted.delete(id)
      found.push(...some)
    }
  }
  return entriesOf(deps.run, found, bodies)
}

async function search(deps: HistoryDeps, id: string, { before, after }: typeof NEAR): Promise<StreamEntry[]> {
  const at = Number.parseInt(ID.exec(id)?.[1] ?? '0', 36)
  const streams = streamsFor({}, deps.partitions)
  const found = await Promise.all(
    streams.map((stream) => searchIn(deps, { stream, id, from: at - before, to: at + after })),
  )
  return found.flat()
}

async function searchIn(
  { connection: { client, prefix } }: HistoryDeps,
  { stream, id, from, to }: { stream: string; id: string; from: number; to: number },
): Promise<StreamEntry[]> {
  const found: StreamEntry[] = []
  for (let start = `${from}`; ;) {
    const entries = await client.xrange(`${prefix}:${stream}`, start, `${to}`, 'COUNT', PAGE)
    for (const [entry, list] of entries) {
      const fields = callbackRecordOf(list)
      if (fields['id'] === id) found.push({ stream, entry, fields })
    }
    const last = entries.at(-1)
    if (entries.length < PAGE || !last) return found
    start = `(${last[0]}`
  }
}
