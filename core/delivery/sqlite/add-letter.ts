import type { Database } from '../../store/database.ts'

interface Letter {
  readonly plugin: string
  readonly seq: number
  /** Milliseconds since 1970. */
  readonly at: number
  readonly attempts: number
  readonly error: string
}

/** Where the last number stands; a file of an earlier version has none. */
const COUNT = `INSERT INTO meta SELECT 'letter', coalesce(max(num), 0) + 1 FROM dead_letters WHERE true
  ON CONFLICT (name) DO UPDATE SET value = max(value + 1, excluded.value)`
const INSERT = `INSERT INTO dead_letters (num, plugin, seq, at, attempts, error)
  SELECT value, ?, ?, ?, ?, ? FROM meta WHERE name = 'letter'`

/** Writes a dead letter. Its number is never given again: somebody may be about to drop what it named. */
export function addLetter(database: Database, { plugin, seq, at, attempts, error }: Letter): void {
  database.run(COUNT)
  database.run(INSERT, plugin, seq, at, attempts, error)
}
