import type { Database } from '../../../../store/sqlite/database.ts'

/** Numbers from `first` to `last` between which everything that a plugin has is settled. */
export interface DoneRange {
  readonly first: number
  readonly last: number
}

/** A condition on a plugin and a number: whether the number lies in a range of the table `done`. Ranges never overlap. */
const IS_DONE = `coalesce((SELECT last FROM done WHERE plugin = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1), 0) >= ?2`
const MARK = `INSERT OR IGNORE INTO done SELECT ?1, ?2, ?2
  WHERE EXISTS (SELECT 1 FROM cursors WHERE plugin = ?1 AND seq < ?2) AND NOT (${IS_DONE})`

/** Whether a plugin has settled a callback beyond its cursor. */
export function isDone(database: Database, plugin: string, seq: number): boolean {
  return database.number(`SELECT ${IS_DONE}`, plugin, seq) === 1
}

/** Marks a callback as settled, if it is beyond the cursor. One transaction does this and the move elsewhere. */
export function markDoneAhead(database: Database, plugin: string, seq: number): void {
  database.run(MARK, plugin, seq)
}

/** Marks a range, which swallows those within it. */
export function markRange(database: Database, plugin: string, { first, last }: DoneRange): void {
  database.run('DELETE FROM done WHERE plugin = ? AND first BETWEEN ? AND ?', plugin, first, last)
  database.run('INSERT INTO done VALUES (?, ?, ?)', plugin, first, last)
}

/** The ranges that reach into the numbers from `low` to `high`. */
export function doneAmong(database: Database, plugin: string, low: number, high: number): DoneRange[] {
  const select = `SELECT first, last FROM done WHERE plugin = ?1 AND last >= ?2 AND first <= ?3
    AND first >= coalesce((SELECT max(first) FROM done WHERE plugin = ?1 AND first <= ?2), ?2)`
  return database.all(select, plugin, low, high)
}

export function isInRange(ranges: readonly DoneRange[], seq: number): boolean {
  return ranges.some(({ first, last }) => first <= seq && seq <= last)
}
