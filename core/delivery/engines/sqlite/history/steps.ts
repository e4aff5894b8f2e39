import type { Database, Value } from '../../../../store/sqlite/database.ts'
import { type DeadLetterCount, MAX_COUNTED, type PluginSteps } from '../../../history.ts'
import { textOf } from '../blocks/read-block.ts'
import { find } from './search/find.ts'

/** What is stored about a callback for each of its plugins. */
export async function steps(database: Database, id: string): Promise<PluginSteps[]> {
  const [entry] = await find(database, [id], false)
  if (!entry || entry.undelivered) return []
  const seq = Number(entry.ref)
  return entry.plugins.map(({ id: plugin, outcome }) => {
    const [tried] = database.all<{ n: number }>('SELECT n FROM tries WHERE plugin = ? AND seq = ?', plugin, seq)
    const [next] = database.all<NextRow>(NEXT, plugin, seq)
    const [letter] = outcome === 'dead' ? database.all<LetterRow>(LETTER, plugin, seq) : []
    return {
      plugin,
      outcome,
      ...(tried && tried.n !== 0 && { crashes: Math.abs(tried.n) }),
      ...(next && waitingSteps(next)),
      ...(letter && { ...letter, error: textOf(letter.error) }),
    }
  })
}

/** A callback is in one of these tables at most. */
const NEXT = `SELECT attempt, due_at, deferred_since, CAST(error AS BLOB) AS error, 0 AS held FROM pending WHERE plugin = ?1 AND seq = ?2
  UNION ALL SELECT attempt, due_at, deferred_since, CAST(error AS BLOB), 1 FROM held WHERE plugin = ?1 AND seq = ?2`
const LETTER = `SELECT attempts, at AS diedAt, CAST(num AS TEXT) AS deadLetter, CAST(error AS BLOB) AS error FROM dead_letters
  WHERE plugin = ? AND seq = ?`

interface LetterRow extends Pick<PluginSteps, 'attempts' | 'diedAt' | 'deadLetter'> {
  readonly error: Value
}

interface NextRow {
  readonly attempt: number
  readonly due_at: number
  readonly deferred_since: number | null
  readonly error: Value
  readonly held: 0 | 1
}

function waitingSteps(row: NextRow): Partial<PluginSteps> {
  const { attempt, due_at: nextAt, deferred_since: since, held } = row
  const error = textOf(row.error)
  return {
    attempts: attempt - 1,
    nextAt,
    ...(since !== null && { deferredSince: since }),
    ...(held === 1 && { held: true }),
    ...(error !== '' && { error }),
  }
}

/** Counts the newest dead letters by plugin and error. */
export function deadLetterCounts(database: Database): DeadLetterCount[] {
  const select = `SELECT plugin, CAST(error AS BLOB) AS error, count(*) AS count
    FROM (SELECT plugin, error FROM dead_letters ORDER BY num DESC LIMIT ${MAX_COUNTED.letters})
    GROUP BY plugin, error ORDER BY count DESC, plugin, error LIMIT ${MAX_COUNTED.groups}`
  const rows = database.all<Omit<DeadLetterCount, 'error'> & { error: Value }>(select)
  return rows.map((row) => ({ ...row, error: textOf(row.error) }))
}
