import type { Database } from '../../store/database.ts'
import { setsOf } from './begin.ts'
import type { Arg } from './messages.ts'

/**
 * Makes dead letters of the next callbacks that wait for a plugin which is no longer there.
 * @returns how many; with 0 the plugin is forgotten
 */
export function bury(database: Database, { plugin, now, limit, error }: Arg<'bury'>): number {
  const insert = 'INSERT INTO dead_letters (plugin, seq, at, attempts, error)'
  const first = database.all('SELECT seq FROM pending WHERE plugin = ? ORDER BY seq LIMIT ?', plugin, limit)
  for (const { seq } of first) {
    const number = Number(seq)
    const attempts = 'SELECT plugin, seq, ?, max(attempt - 1, 0), ? FROM pending WHERE plugin = ? AND seq = ?'
    database.run(`${insert} ${attempts}`, now, error, plugin, number)
    database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, number)
  }
  if (first.length > 0) return first.length

  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  const seqs = setsOf(database, plugin)
    .flatMap((set) =>
      database.all('SELECT seq FROM callbacks WHERE set_id = ? AND seq > ? ORDER BY seq LIMIT ?', set, cursor, limit),
    )
    .map(({ seq }) => Number(seq))
    .toSorted((one, other) => one - other)
    .slice(0, limit)
  for (const seq of seqs) {
    if (database.get('SELECT 1 FROM done WHERE plugin = ? AND seq = ?', plugin, seq)) continue
    database.run(`${insert} VALUES (?, ?, ?, 0, ?)`, plugin, seq, now, error)
  }
  const last = seqs.at(-1)
  if (last !== undefined) {
    database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', last, plugin)
    return seqs.length
  }
  for (const table of ['cursors', 'done', 'tries']) database.run(`DELETE FROM ${table} WHERE plugin = ?`, plugin)
  return 0
}
