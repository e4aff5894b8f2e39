import type { History } from '../../delivery/history.ts'
import { waitForAnswer } from '../../delivery/wait-for-answer.ts'
import type { EventPage } from '../api-types.ts'
import type { DeadLetterCounts, EventFilter, Latest, Reads } from '../reads.ts'
import { countDeadLetters } from './count-dead-letters.ts'
import { describeEvent } from './describe-event.ts'
import { summarise } from './summarise.ts'

const LISTED = 50
/** How many new callbacks are read at a time, and how many of them are returned. */
const LOOK = 500
const NEWEST = 25
/** Counting dead letters means reading them, so counts are reused for this long. */
const COUNTS_MS = 2000

/**
 * The reads of the API, from a history that is opened on the first call, and again as long as that fails. Whoever opens
 * it closes it.
 */
export function createReads(open: () => Promise<History>): Reads {
  let opened: Promise<History> | undefined
  let counts: { readonly at: number; readonly value: Promise<DeadLetterCounts> } | undefined
  const history = async (): Promise<History> => {
    opened ??= open()
    try {
      return await opened
    } catch (error) {
      opened = undefined
      throw error
    }
  }
  return {
    events: async (filter, place) => search(await history(), filter, place),
    async event(id, withBody) {
      const from = await history()
      const [entry] = await from.find([id], { bodies: true })
      if (!entry) return undefined
      const [steps, holds] = await Promise.all([from.steps(id), from.holds()])
      return describeEvent(entry, steps, { holds, withBody })
    },
    latest: async (place) => latest(await history(), place),
    entries: async (ids) => (await history()).find(ids, { bodies: true }),
    deadLetters: async (filter) => (await history()).deadLetters(filter),
    async deadLetterCounts() {
      if (!counts || performance.now() - counts.at > COUNTS_MS) {
        counts = { at: performance.now(), value: history().then(countDeadLetters) }
      }
      return counts.value
    },
    holds: async () => (await history()).holds(),
    async carryOut(request) {
      const from = await history()
      const result = await waitForAnswer(from, await from.request(request))
      counts = undefined
      return result
    },
  }
}

/** One slice of a search: what the engine finds in the time of a slice. */
async function search(history: History, filter: EventFilter, place: string | undefined): Promise<EventPage> {
  const { id, limit = LISTED, ...others } = filter
  const page = await history.backward({ ...others, ...(id !== undefined && { ids: [id] }), bodies: true, limit }, place)
  return { ...page, entries: page.entries.map(summarise) }
}

async function latest(history: History, place: string | undefined): Promise<Latest> {
  if (place === undefined) return { entries: [], place: await history.end(), dropped: 0 }
  const page = await history.forward({ limit: LOOK, bodies: true }, place)
  const newest = page.entries.slice(-NEWEST)
  return {
    entries: newest.map(summarise),
    // A client that is behind continues with the newest.
    place: page.end ? page.place : await history.end(),
    dropped: page.entries.length - newest.length,
  }
}
