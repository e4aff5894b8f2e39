import type { Database } from '../../../../../store/sqlite/database.ts'
import type { Entry, EntryOutcome, Filter } from '../../../../history.ts'
import type { Unpacked } from '../../blocks/block.ts'
import { blocksAmong, type Direction, lastStored, nearestStored } from '../../blocks/blocks.ts'
import { fits, nameTest } from '../../../../filter.ts'
import { candidates, hashesOf } from './candidates.ts'
import { cursorsOf, outcomesOf } from './outcomes.ts'
import { storedOf } from '../../blocks/pinned.ts'

/** The callbacks that fit a filter. */
export interface Source {
  /** The next number from this one on that may match, in the direction; undefined if none is left. */
  next(database: Database, from: number, direction: Direction): number | undefined
  /** Reads the matching entries of a range, in the direction. */
  read(database: Database, low: number, high: number, direction: Direction): Iterable<Entry>
}

export function sourceOf(filter: Filter): Source {
  const { plugin, outcome: wanted = 'any', bodies = false } = filter
  const test = nameTest(filter)
  const hashes = hashesOf(filter)
  const text = headText(filter)
  return {
    next(database, from, direction) {
      if (!test) return nextOf(database, from, direction, { wanted, plugin })
      const [low, high] =
        direction === 'forward' ? [from, lastStored(database)] : [0, Math.min(from, lastStored(database))]
      return candidates(database, low, high, { hashes, direction }).next().value ?? undefined
    },
    *read(database, low, high, direction) {
      const entryOf = entriesAmong(database, low, high)
      const callbacks = test
        ? named(database, candidates(database, low, high, { hashes, direction }), test)
        : stored(database, low, high, direction, text)
      for (const callback of callbacks) {
        const entry = entryOf(callback)
        if (fits(filter, entry)) yield bodies ? withBody(database, entry) : entry
      }
    },
  }
}

/** What the head of every callback has in it that fits a filter. Rows without it are not read. */
function headText({ command = '*', app }: Filter): string {
  if (command === '*') return app === undefined ? '' : `,${app},`
  return command.endsWith('.*') ? JSON.stringify(command.slice(0, -1)).slice(0, -1) : JSON.stringify(command)
}

/** The callbacks of a range, without bodies. */
function* stored(
  database: Database,
  low: number,
  high: number,
  direction: Direction,
  text: string,
): Generator<Unpacked> {
  for (const { callbacks } of blocksAmong(database, low, high, direction, text)) {
    for (const callback of direction === 'forward' ? callbacks : callbacks.toReversed())
      if (callback.seq >= low && callback.seq <= high) yield callback
  }
}

/** Keeps the callbacks whose body matches. */
function* named(database: Database, numbers: Iterable<number>, test: (raw: string) => boolean): Generator<Unpacked> {
  for (const seq of numbers) {
    const callback = storedOf(database, seq)
    if (callback && test(callback.raw)) yield callback
  }
}

/** Returns a function that turns callbacks of a range into entries without bodies. */
export function entriesAmong(database: Database, low: number, high: number): (callback: Unpacked) => Entry {
  const outcomes = outcomesOf(database, low, high)
  const select = 'SELECT seq, times FROM resends WHERE seq BETWEEN ? AND ?'
  const rows = database.all<{ seq: number; times: number }>(select, low, high)
  const resends = new Map(rows.map(({ seq, times }) => [seq, times]))
  return ({ seq, id, sdkAppId, command, receivedAt, signed, maybeResend, plugins: own, undelivered }) => {
    const about = { ref: String(seq), id, sdkAppId, command, receivedAt, signed, resends: resends.get(seq) ?? 0 }
    if (undelivered) return { ...about, maybeResend, plugins: [], undelivered }
    return { ...about, maybeResend, plugins: outcomes(seq, own) }
  }
}

/** Adds the body to an entry. Bodies are read only for entries that are listed. */
export function withBody(database: Database, entry: Entry): Entry {
  const stored = storedOf(database, Number(entry.ref))
  return stored ? { ...entry, body: { query: stored.query, raw: stored.raw } } : entry
}

/** Skips callbacks that cannot match: if few wait or are dead, the others are not read. */
function nextOf(
  database: Database,
  from: number,
  direction: Direction,
  { wanted, plugin }: { wanted: EntryOutcome | 'any'; plugin: string | undefined },
): number | undefined {
  const [pick, side] = direction === 'forward' ? (['min', '>='] as const) : (['max', '<='] as const)
  const ofPlugin = (select: string): number | undefined =>
    plugin === undefined
      ? database.numberIfAny(select, from)
      : database.numberIfAny(`${select} AND plugin = ?2`, from, plugin)
  const nearest = (table: string): number | undefined =>
    ofPlugin(`SELECT ${pick}(seq) FROM ${table} WHERE seq ${side} ?1`)
  const nearestDone = (): number | undefined =>
    ofPlugin(
      direction === 'forward'
        ? 'SELECT min(max(first, ?1)) FROM done WHERE last >= ?1'
        : 'SELECT max(min(last, ?1)) FROM done WHERE first <= ?1',
    )
  if (wanted === 'any' || wanted === 'delivered') return nearestStored(database, from, direction)
  if (wanted === 'dead') return nearest('dead_letters')
  if (wanted !== 'waiting' && wanted !== 'done')
    return database.numberIfAny(`SELECT ${pick}(seq) FROM singles WHERE outcome IS NOT NULL AND seq ${side} ?`, from)
  const cursors = [...cursorsOf(database)].filter(([id]) => plugin === undefined || id === plugin).map(([, seq]) => seq)
  if (wanted === 'waiting') {
    const hindmost = Math.min(...cursors, Number.MAX_SAFE_INTEGER)
    const behind = nearestStored(database, direction === 'forward' ? Math.max(from, hindmost + 1) : from, direction)
    return choose(Math[pick], behind !== undefined && behind > hindmost ? behind : undefined, nearest('pending'))
  }
  const foremost = cursors.length === 0 ? Number.MAX_SAFE_INTEGER : Math.max(...cursors)
  if (direction === 'forward' && from > foremost) return nearestDone()
  return choose(Math[pick], nearestStored(database, Math.min(from, foremost), direction), nearestDone())
}

function choose(pick: typeof Math.min, ...numbers: (number | undefined)[]): number | undefined {
  const there = numbers.filter((number) => number !== undefined)
  return there.length === 0 ? undefined : pick(...there)
}
