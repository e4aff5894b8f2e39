import type { Database } from '../../store/database.ts'
import { blockFrom } from './blocks.ts'
import type { Arg } from './messages.ts'
import { notHad } from './page.ts'
import { setApart } from './singles.ts'

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

  let seen = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  let count = 0
  for (let block = blockFrom(database, seen + 1); block && count < limit; block = blockFrom(database, seen + 1)) {
    for (const { seq } of notHad(database, block, plugin, seen)) {
      setApart(database, seq)
      database.run(`${insert} VALUES (?, ?, ?, 0, ?)`, plugin, seq, now, error)
      count++
    }
    seen = block.last
  }
  database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', seen, plugin)
  if (count > 0) return count
  for (const table of ['cursors', 'done', 'tries']) database.run(`DELETE FROM ${table} WHERE plugin = ?`, plugin)
  return 0
}
