import { bodySelector } from '../../callback/select.ts'
import type { Entry, Filter, History } from '../../delivery/history.ts'
import { waitForAnswer } from '../../delivery/wait-for-answer.ts'
import type { EventPage } from '../api-types.ts'
import type { DeadLetterCounts, EventFilter, Latest, Reads } from '../reads.ts'
import { countDeadLetters } from './count-dead-letters.ts'
import { describeEvent } from './describe-event.ts'
import { factsOf } from './plugin-facts.ts'
import { parsedBody, summarise } from './summarise.ts'

/** How long a slice of a search takes, about. */
const SLICE_MS = 250
const LISTED = 50
/** Callbacks of one look at what came, and how many of them are told of. */
const LOOK = 500
const NEWEST = 25
/** Counting dead letters reads them: the counts are this old at most. */
const COUNTS_MS = 2000

/** What the API reads, of a history. */
export function createReads(history: History): Reads {
  let counts: { readonly at: number; readonly value: Promise<DeadLetterCounts> } | undefined
  return {
    events: (filter, place) => search(history, filter, place),
    async event(id, withBody) {
      const [entry] = await history.find([id], { bodies: true })
      if (!entry) return undefined
      const [facts, holds] = await Promise.all([factsOf(history, entry), history.holds()])
      return describeEvent(entry, facts, { holds, withBody })
    },
    latest: (place) => latest(history, place),
    entries: (ids) => history.find(ids, { bodies: true }),
    deadLetters: (filter) => history.deadLetters(filter),
    async deadLetterCounts() {
      if (!counts || performance.now() - counts.at > COUNTS_MS) {
        counts = { at: performance.now(), value: countDeadLetters(history) }
      }
      return counts.value
    },
    holds: () => history.holds(),
    async carryOut(request) {
      const result = await waitForAnswer(history, await history.request(request))
      counts = undefined
      return result
    },
    close: () => history.close(),
  }
}

/** Searches until there are as many as were asked for, or a slice's time is over. */
async function search(history: History, filter: EventFilter, from: string | undefined): Promise<EventPage> {
  const { id, group, account, limit = LISTED, ...others } = filter
  const isWanted = wanted(filter)
  if (id !== undefined) {
    const found = (await history.find([id], { bodies: true })).filter(isWanted)
    return { entries: found.map(summarise), place: '', end: true }
  }
  const native: Filter = { ...others, ...(group !== undefined && { group }), ...(account !== undefined && { account }) }
  const endsAt = performance.now() + SLICE_MS
  const entries: Entry[] = []
  let searchedTo: number | undefined
  for (let place = from; ;) {
    const page = await history.backward({ ...native, bodies: true, limit: limit - entries.length }, place)
    entries.push(...page.entries.filter(isWanted))
    place = page.place
    searchedTo = page.entries.at(-1)?.receivedAt ?? searchedTo
    if (!page.end && entries.length < limit && performance.now() < endsAt) continue
    return {
      entries: entries.map(summarise),
      place,
      end: page.end,
      ...(searchedTo !== undefined && { searchedTo }),
    }
  }
}

/** Whether an entry is of the group and the account, as its body says. */
function wanted({ group, account }: EventFilter): (entry: Entry) => boolean {
  const selects = bodySelector({
    ...(group !== undefined && { groups: [group] }),
    ...(account !== undefined && { accounts: [account] }),
  })
  if (!selects) return () => true
  return ({ body }) => {
    const parsed = body && parsedBody(body.raw)
    return parsed !== undefined && selects(parsed)
  }
}

async function latest(history: History, place: string | undefined): Promise<Latest> {
  if (place === undefined) return { entries: [], place: await history.end(), dropped: 0 }
  const page = await history.forward({ limit: LOOK, bodies: true }, place)
  const newest = page.entries.slice(-NEWEST)
  return {
    entries: newest.map(summarise),
    // Who is behind goes on with what is new.
    place: page.end ? page.place : await history.end(),
    dropped: page.entries.length - newest.length,
  }
}
