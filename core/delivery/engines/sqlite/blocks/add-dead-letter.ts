import type { Database } from '../../../../store/sqlite/database.ts'
import type { NewDeadLetter } from '../../../callback-log.ts'
import { pinnedBytes } from './pinned.ts'

/** Increments the last number in `meta`. A file of an earlier version has none. */
const COUNT = `INSERT INTO meta SELECT 'letter', coalesce(max(num), 0) + 1 FROM dead_letters WHERE true
  ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value)`
const INSERT = `INSERT INTO dead_letters (num, plugin, seq, at, attempts, error, fault, bytes)
  SELECT value, ?, ?, ?, ?, ?, ?, ? FROM meta WHERE name = 'letter'`

/** Stores a dead letter of a pinned callback. Numbers are never reused: somebody may be about to drop one by its number. */
export function addDeadLetter(
  database: Database,
  plugin: string,
  seq: number,
  { at, attempts, error, isFault }: NewDeadLetter,
): void {
  database.run(COUNT)
  database.run(INSERT, plugin, seq, at, attempts, error, isFault ? 1 : 0, isFault ? pinnedBytes(database, seq) : 0)
}
