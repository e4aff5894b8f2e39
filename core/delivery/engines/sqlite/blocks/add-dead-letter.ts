import type { Database } from '../../../../store/sqlite/database.ts'
import { pinnedBytes } from './pinned.ts'

interface NewDeadLetter {
  readonly plugin: string
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attempts: number
  readonly error: string
  /** Whether its body does not match the types. Such dead letters have a limited share of the room; see room.ts. */
  readonly fault?: boolean
}

/** Increments the last number in `meta`. A file of an earlier version has none. */
const COUNT = `INSERT INTO meta SELECT 'letter', coalesce(max(num), 0) + 1 FROM dead_letters WHERE true
  ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value)`
const INSERT = `INSERT INTO dead_letters (num, plugin, seq, at, attempts, error, fault, bytes)
  SELECT value, ?, ?, ?, ?, ?, ?, ? FROM meta WHERE name = 'letter'`

/** Stores a dead letter of a pinned callback. Numbers are never reused: somebody may be about to drop one by its number. */
export function addDeadLetter(
  database: Database,
  { plugin, seq, at, attempts, error, fault = false }: NewDeadLetter,
): void {
  database.run(COUNT)
  database.run(INSERT, plugin, seq, at, attempts, error, fault ? 1 : 0, fault ? pinnedBytes(database, seq) : 0)
}
