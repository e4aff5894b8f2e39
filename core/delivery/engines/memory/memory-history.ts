import { TimhookError } from '../../../errors.ts'
import { covers } from '../../../registry.ts'
import type { DeadFilter, DeadLetter, Entry, Filter, History, Page, PluginSteps } from '../../history.ts'
import { fits, nameTest, uniteCounts, withoutBody } from '../../filter.ts'
import { type Item, refOf, type StoredItem } from './kept.ts'
import type { Letter } from './letters.ts'
import type { MemoryLog } from './memory-log.ts'
import { carryOut } from './memory-requests.ts'

/** The newest callbacks of this process, for itself. Records of plugins are only in their stores. */
export function createMemoryHistory(log: MemoryLog): History {
  const list = (filter: Filter, place: string | undefined, isForward: boolean): Page => {
    const after = place === undefined ? undefined : Number(place)
    const { items } = log.kept
    const test = nameTest(filter)
    const wanted = filter.ids && new Set(filter.ids)
    const entries: Entry[] = []
    let reached = after ?? (isForward ? 0 : log.kept.last + 1)
    for (const item of isForward ? items : items.toReversed()) {
      if (after !== undefined && (isForward ? item.order <= after : item.order >= after)) continue
      if (entries.length >= (wanted ? Infinity : (filter.limit ?? 100)))
        return { entries, place: String(reached), end: false, searchedTo: entries.at(-1)?.receivedAt ?? 0 }
      reached = item.order
      if (wanted && !wanted.has(item.id)) continue
      const entry = entryOf(log, item)
      if (!fits(filter, entry) || (test && !test(item.raw))) continue
      entries.push(filter.bodies ? entry : withoutBody(entry))
    }
    return { entries, place: String(reached), end: true }
  }
  return {
    backward: async (filter, place) => list(filter, place, false),
    forward: async (filter, place) => list(filter, place, true),
    end: async () => String(log.kept.last),
    find: async (ids, { bodies = false } = {}) => list({ ids, bodies }, undefined, false).entries,
    deadLetters: async (filter = {}) => deadLetters(log, filter),
    deadLetterCounts: async () =>
      uniteCounts(log.letters.all().map(({ plugin, error }) => ({ plugin, error, count: 1 }))),
    steps: async (id) => steps(log, id),
    records: async () => [],
    async backlogs() {
      const counts = [...log.plugins.keys()].map((plugin) => ({ plugin, count: log.waitingOf(plugin) }))
      return counts.filter(({ count }) => count > 0)
    },
    holds: async () => Object.fromEntries(log.holds),
    request: async (asked) => log.request((plugins, woken) => carryOut(log, plugins, asked, woken)),
    result: async (request) => log.resultOf(request),
    async erase() {
      throw new TimhookError('STORE_NOT_SHARED', 'the engine memory cannot erase: a restart removes all that it has')
    },
    isServed: async () => true,
    async close() {},
  }
}

function entryOf(log: MemoryLog, item: Item): Entry {
  const { id, sdkAppId, command, receivedAt, signed, query, raw } = item
  const about = { ref: refOf(item), id, sdkAppId, command, receivedAt, signed, body: { query, raw } }
  if ('undelivered' in item)
    return { ...about, resends: item.resends, maybeResend: false, plugins: [], undelivered: item.undelivered }
  const { seq, maybeResend } = item
  const plugins = pluginsOf(log, item).map((plugin) => ({ id: plugin, outcome: log.outcomeOf(plugin, seq) }))
  return { ...about, resends: log.resendsOf(item.entry), maybeResend, plugins }
}

/** Its plugins, and others that got it by a replay. */
function pluginsOf({ plugins, letters }: MemoryLog, { seq, plugins: own }: StoredItem): string[] {
  const others = [...plugins].filter(([plugin, { pending }]) => pending.has(seq) || letters.of(plugin, seq))
  return [...new Set([...(JSON.parse(own) as string[]), ...others.map(([plugin]) => plugin)])]
}

function deadLetters(log: MemoryLog, { plugin, command, refs, before, limit = 100 }: DeadFilter): DeadLetter[] {
  const matches = ({ num, plugin: theirs, callback }: Letter): boolean =>
    (plugin === undefined || plugin === theirs) &&
    (command === undefined || covers(command, callback.command)) &&
    (refs === undefined || refs.includes(String(num))) &&
    (before === undefined || num < Number(before))
  const found = log.letters.all().filter(matches).slice(0, limit)
  return found.map(({ num, plugin: theirs, at, attempts, error, callback }) => {
    const { seq, id, sdkAppId, command: of, receivedAt } = callback
    const about = { ref: String(seq), id, sdkAppId, command: of, receivedAt }
    return { ref: String(num), plugin: theirs, at, attempts, error, callback: about }
  })
}

function steps(log: MemoryLog, id: string): PluginSteps[] {
  const item = log.kept.items.find((one) => one.id === id)
  if (!item || 'undelivered' in item) return []
  const { seq } = item
  return pluginsOf(log, item).map((plugin): PluginSteps => {
    const outcome = log.outcomeOf(plugin, seq)
    const { pending, held, tries } = log.plugins.get(plugin) ?? {}
    const next = pending?.get(seq) ?? held?.get(seq)
    const letter = outcome === 'dead' ? log.letters.of(plugin, seq) : undefined
    const crashes = Math.abs(tries?.get(seq) ?? 0)
    return {
      plugin,
      outcome,
      ...(crashes > 0 && { crashes }),
      ...(next && {
        attempts: next.attempt - 1,
        ...(next.dueAt !== undefined && { nextAt: next.dueAt }),
        ...(next.deferredSince !== undefined && { deferredSince: next.deferredSince }),
        ...('error' in next && typeof next.error === 'string' && { error: next.error }),
        ...(!pending?.has(seq) && { held: true }),
      }),
      ...(letter && {
        attempts: letter.attempts,
        diedAt: letter.at,
        deadLetter: String(letter.num),
        error: letter.error,
      }),
    }
  })
}
