import { storedOf } from '../../../callback/callback.ts'
import { TimhookError } from '../../../errors.ts'
import { covers } from '../../../registry.ts'
import type { WaitingCallback } from '../../callback-log.ts'
import type { DeadFilter, DeadLetter, Entry, Filter, History, Page, PluginOutcome, PluginSteps } from '../../history.ts'
import { fits, nameTest, uniteCounts, withoutBody } from '../../filter.ts'
import type { Item, StoredItem } from './kept.ts'
import type { Letter } from './letters.ts'
import type { MemoryLog } from './memory-log.ts'

const UNDELIVERED = 'kept-'

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
    holds: async () => log.holds(),
    request: async (asked) => log.request(asked),
    result: async (request) => log.resultOf(request),
    async erase() {
      throw new TimhookError('STORE_NOT_SHARED', 'the engine memory cannot erase: a restart removes all that it has')
    },
    isServed: async () => true,
    async close() {},
  }
}

/** The outcome of a callback for a plugin that got it. */
export function outcomeOf({ plugins, letters }: MemoryLog, plugin: string, seq: number): PluginOutcome {
  const standing = plugins.get(plugin)
  if (standing?.pending.has(seq)) return 'waiting'
  if (letters.of(plugin, seq)) return 'dead'
  return standing && seq > standing.cursor && !standing.done.has(seq) ? 'waiting' : 'done'
}

/** The callback that a ref names, if it can be delivered. `plugins` are those that get it without a replay. */
export function callbackOf(log: MemoryLog, ref: string): { stored: WaitingCallback; plugins: string[] } | undefined {
  const item = log.kept.items.find((one) => refOf(one) === ref)
  if (!item) return undefined
  if (!('undelivered' in item)) return { stored: item, plugins: JSON.parse(item.plugins) as string[] }
  if (item.undelivered.outcome !== 'refused') return undefined
  const standing = { seq: -item.order, key: undefined, maybeResend: false, resends: 0, attempt: 1, tries: 0 }
  return { stored: { ...storedOf(item), ...standing, dueAt: undefined }, plugins: [] }
}

function refOf(item: Item): string {
  return 'undelivered' in item ? `${UNDELIVERED}${item.order}` : String(item.seq)
}

function entryOf(log: MemoryLog, item: Item): Entry {
  const { id, sdkAppId, command, receivedAt, signed, query, raw } = item
  const about = { ref: refOf(item), id, sdkAppId, command, receivedAt, signed, body: { query, raw } }
  if ('undelivered' in item)
    return { ...about, resends: item.resends, maybeResend: false, plugins: [], undelivered: item.undelivered }
  const { seq, maybeResend } = item
  const plugins = pluginsOf(log, item).map((plugin) => ({ id: plugin, outcome: outcomeOf(log, plugin, seq) }))
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
    const outcome = outcomeOf(log, plugin, seq)
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
