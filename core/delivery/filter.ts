import { namesOf } from '../callback/select.ts'
import { parseObject } from '../lib/json.ts'
import { covers } from '../registry.ts'
import { type DeadLetterCount, type Entry, type Filter, MAX_COUNTED, type Page } from './history.ts'

/** Creates a test of whether a stored body names the group and the account of a filter; undefined if it has neither. */
export function nameTest({ group, account }: Filter): ((raw: string) => boolean) | undefined {
  if (group === undefined && account === undefined) return undefined
  return (raw) => {
    // A refused body need not be JSON.
    const body = parseObject(raw)
    if (!body) return false
    const { groups, accounts } = namesOf(body)
    return (group === undefined || groups.includes(group)) && (account === undefined || accounts.includes(account))
  }
}

/** Lists the callbacks of `filter.ids` as one page. */
export async function pageOfIds(
  find: (ids: readonly string[], bodies: boolean) => Promise<Entry[]>,
  filter: Filter & { readonly ids: readonly string[] },
  isForward: boolean,
): Promise<Page> {
  const test = nameTest(filter)
  const found = await find([...new Set(filter.ids)], test !== undefined || filter.bodies === true)
  const fitting = found.filter((entry) => fits(filter, entry) && (!test || test(entry.body?.raw ?? '')))
  const sorted = fitting.toSorted((one, other) => (one.id < other.id === isForward ? -1 : 1))
  return { entries: sorted.map((entry) => (filter.bodies ? entry : withoutBody(entry))), place: '', end: true }
}

/** Whether an entry matches a filter, apart from the names in its body. */
export function fits(
  { app, command, plugin, outcome, since = -Infinity, until = Infinity }: Filter,
  entry: Entry,
): boolean {
  const { sdkAppId, receivedAt, plugins, undelivered } = entry
  if (app !== undefined && app !== sdkAppId) return false
  if (command !== undefined && !covers(command, entry.command)) return false
  if (receivedAt < since || receivedAt >= until) return false
  const own = plugin === undefined ? plugins : plugins.filter(({ id }) => id === plugin)
  if (plugin !== undefined && own.length === 0) return false
  if (outcome === undefined) return true
  if (outcome === 'delivered') return undelivered === undefined
  if (outcome === 'kept') return undelivered !== undefined
  if (outcome === 'failed') return undelivered?.failed === true
  if (outcome === 'done' || outcome === 'waiting' || outcome === 'dead')
    return own.some((one) => one.outcome === outcome)
  return undelivered?.outcome === outcome
}

export function withoutBody({ body: _body, ...entry }: Entry): Entry {
  return entry
}

/** Merges counts of dead letters: the most frequent first, and no more than MAX_COUNTED. */
export function uniteCounts(counts: Iterable<DeadLetterCount>): DeadLetterCount[] {
  const united = new Map<string, DeadLetterCount>()
  for (const { plugin, error, count } of counts) {
    const name = `${plugin}\0${error}`
    united.set(name, { plugin, error, count: (united.get(name)?.count ?? 0) + count })
  }
  const sorted = [...united.values()].toSorted(
    (one, other) =>
      other.count - one.count || one.plugin.localeCompare(other.plugin) || one.error.localeCompare(other.error),
  )
  return sorted.slice(0, MAX_COUNTED.groups)
}
