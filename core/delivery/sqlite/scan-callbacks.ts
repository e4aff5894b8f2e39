import type { Database, Value } from '../../store/database.ts'
import type { Filter } from '../journal.ts'
import { setsOf } from './begin.ts'
import { BODY_COLUMNS, CALLBACK_COLUMNS, callbackEntry } from './entries.ts'
import { cursorsOf, fatesOf } from './fates.ts'
import type { Direction, Source } from './scan.ts'
import { CALLBACKS } from './seek.ts'

/** The callbacks that are delivered; undefined where the filter wants none of them. */
export function callbackSource(database: Database, filter: Filter): Source | undefined {
  const { plugin, outcome = 'delivered' } = filter
  if (outcome !== 'delivered' && outcome !== 'done' && outcome !== 'waiting' && outcome !== 'dead') return undefined
  const wanted = outcome === 'delivered' ? undefined : outcome
  return {
    table: CALLBACKS,
    columns: filter.bodies ? `${CALLBACK_COLUMNS}, ${BODY_COLUMNS}` : CALLBACK_COLUMNS,
    conditions: [...commonConditions(filter), ...(plugin === undefined ? [] : [ofPlugin(database, plugin)])],
    next: (database, from, direction) => nextOf(database, from, direction, { wanted, plugin }),
    read(database, low, high) {
      const fates = fatesOf(database, low, high)
      return (row) => {
        const plugins = fates(Number(row['seq']), Number(row['set_id']))
        const isWanted = plugins.some(
          ({ id, outcome }) => (plugin === undefined || id === plugin) && (!wanted || outcome === wanted),
        )
        return isWanted || (!wanted && plugin === undefined) ? callbackEntry(row, plugins) : undefined
      }
    },
  }
}

export function commonConditions({ app, command, since, until }: Filter): [string, ...Value[]][] {
  const conditions: [string, ...Value[]][] = []
  if (app !== undefined) conditions.push(['app = ?', app])
  if (command !== undefined) conditions.push(['command = ?', command])
  if (since !== undefined) conditions.push(['received_at >= ?', since])
  if (until !== undefined) conditions.push(['received_at < ?', until])
  return conditions
}

function ofPlugin(database: Database, plugin: string): [string, ...Value[]] {
  // With the plus sign the rows are read in the order of their numbers, and not set by set.
  const inSet = `+set_id IN (${setsOf(database, plugin).join(', ')})`
  const among = (table: string): string =>
    `EXISTS (SELECT 1 FROM ${table} t WHERE t.seq = callbacks.seq AND t.plugin = ?)`
  return [`(${inSet} OR ${among('pending')} OR ${among('dead_letters')})`, plugin, plugin]
}

/** Leaps over what cannot fit: where little waits, or little is dead, the rest is not read. */
function nextOf(
  database: Database,
  from: number,
  direction: Direction,
  { wanted, plugin }: { wanted: 'done' | 'waiting' | 'dead' | undefined; plugin: string | undefined },
): number | undefined {
  const [pick, side] = direction === 'forward' ? (['min', '>='] as const) : (['max', '<='] as const)
  const nearest = (table: string, condition = '1', ...values: Value[]): number | undefined =>
    nearestTo(from, table, condition, ...values)
  const nearestTo = (from: number, table: string, condition: string, ...values: Value[]): number | undefined => {
    const select = `SELECT ${pick}(seq) AS seq FROM ${table} WHERE seq ${side} ? AND ${condition}`
    const seq = database.get(select, from, ...values)?.['seq']
    return typeof seq === 'number' ? seq : undefined
  }
  if (wanted === undefined) return nearest('callbacks')
  const own = plugin === undefined ? (['1'] as const) : (['plugin = ?', plugin] as const)
  if (wanted === 'dead') return nearest('dead_letters', ...own)
  const cursors = [...cursorsOf(database)].filter(([id]) => plugin === undefined || id === plugin).map(([, seq]) => seq)
  if (wanted === 'waiting') {
    const behind = nearest('callbacks', 'seq > ?', Math.min(Infinity, ...cursors, Number.MAX_SAFE_INTEGER))
    return choose(Math[pick], behind, nearest('pending', ...own))
  }
  const foremost = cursors.length === 0 ? Number.MAX_SAFE_INTEGER : Math.max(...cursors)
  if (direction === 'forward' && from > foremost) return nearest('done', ...own)
  return choose(Math[pick], nearestTo(Math.min(from, foremost), 'callbacks', '1'), nearest('done', ...own))
}

function choose(pick: typeof Math.min, ...numbers: (number | undefined)[]): number | undefined {
  const there = numbers.filter((number) => number !== undefined)
  return there.length === 0 ? undefined : pick(...there)
}
