import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry, PluginOutcome } from '../../../../history.ts'
import { type DoneRange, doneAmong, isInRange } from '../../blocks/done.ts'

/** Returns a function that gives the outcome of a callback for each plugin. Covers the numbers from `low` to `high`. */
export function outcomesOf(
  database: Database,
  low: number,
  high: number,
): (seq: number, own: readonly string[]) => Entry['plugins'] {
  const among = (table: 'pending' | 'dead_letters'): Map<number, Set<string>> => {
    const found = new Map<number, Set<string>>()
    const select = `SELECT plugin, seq FROM ${table} WHERE seq BETWEEN ? AND ?`
    for (const { plugin, seq } of database.all<{ plugin: string; seq: number }>(select, low, high)) {
      const plugins = found.get(seq) ?? new Set()
      found.set(seq, plugins.add(plugin))
    }
    return found
  }
  const [pending, dead] = [among('pending'), among('dead_letters')]
  const cursors = cursorsOf(database)
  const done = new Map<string, DoneRange[]>()
  for (const plugin of cursors.keys()) done.set(plugin, doneAmong(database, plugin, low, high))

  const outcomeOf = (seq: number, plugin: string): PluginOutcome => {
    if (pending.get(seq)?.has(plugin)) return 'waiting'
    if (dead.get(seq)?.has(plugin)) return 'dead'
    // A plugin without a cursor was removed from the config, and what it had not finished is dead-lettered.
    const isAhead = seq > (cursors.get(plugin) ?? Infinity)
    return isAhead && !isInRange(done.get(plugin) ?? [], seq) ? 'waiting' : 'done'
  }
  return (seq, own) => {
    // Other plugins may have it by a replay, or by the rules of an older config.
    const plugins = new Set([...own, ...(pending.get(seq) ?? []), ...(dead.get(seq) ?? [])])
    return [...plugins].map((id) => ({ id, outcome: outcomeOf(seq, id) }))
  }
}

/** The cursor of every plugin. */
export function cursorsOf(database: Database): Map<string, number> {
  const rows = database.all<{ plugin: string; seq: number }>('SELECT plugin, seq FROM cursors')
  return new Map(rows.map(({ plugin, seq }) => [plugin, seq]))
}
