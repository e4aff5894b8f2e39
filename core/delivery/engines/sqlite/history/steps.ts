import type { Database, Row } from '../../../../store/sqlite/database.ts'
import { type DeadLetterCount, MAX_COUNTED, type PluginSteps } from '../../../history.ts'
import { find } from './search/find.ts'

/** What is stored about a callback for each of its plugins. */
export async function steps(database: Database, id: string): Promise<PluginSteps[]> {
  const [entry] = await find(database, [id], false)
  if (!entry || entry.undelivered) return []
  const seq = Number(entry.ref)
  return entry.plugins.map(({ id: plugin, outcome }) => {
    const get = (columns: string, table: string): Row | undefined =>
      database.get(`SELECT ${columns} FROM ${table} WHERE plugin = ? AND seq = ?`, plugin, seq)
    const letter = get('num, at, attempts, error', 'dead_letters')
    const pending = get('attempt, due_at, deferred_since, error', 'pending')
    const held = pending ? undefined : get('attempt, due_at, deferred_since, error', 'held')
    const crashes = Math.abs(Number(get('n', 'tries')?.['n'] ?? 0))
    return {
      plugin,
      outcome,
      ...(crashes > 0 && { crashes }),
      ...((pending ?? held) && waitingSteps(pending ?? held ?? {}, held !== undefined)),
      ...(outcome === 'dead' && letter && deadSteps(letter)),
    }
  })
}

function waitingSteps(row: Row, held: boolean): Partial<PluginSteps> {
  const { attempt, due_at: dueAt, deferred_since: since, error } = row
  return {
    attempts: Number(attempt) - 1,
    nextAt: Number(dueAt),
    ...(typeof since === 'number' && { deferredSince: since }),
    ...(held && { held }),
    ...(typeof error === 'string' && { error }),
  }
}

function deadSteps({ num, at, attempts, error }: Row): Partial<PluginSteps> {
  return { attempts: Number(attempts), diedAt: Number(at), deadLetter: String(num), error: String(error) }
}

/** Counts the newest dead letters by plugin and error. */
export function deadLetterCounts(database: Database): DeadLetterCount[] {
  const select = `SELECT plugin, error, count(*) AS count
    FROM (SELECT plugin, error FROM dead_letters ORDER BY num DESC LIMIT ${MAX_COUNTED.letters})
    GROUP BY plugin, error ORDER BY count DESC, plugin, error LIMIT ${MAX_COUNTED.groups}`
  const rows = database.all(select)
  return rows.map(({ plugin, error, count }) => ({
    plugin: String(plugin),
    error: String(error),
    count: Number(count),
  }))
}
