import type { Database } from '../../store/database.ts'
import { blockFrom } from './blocks.ts'
import type { Arg, Result } from './messages.ts'
import { LOOKED_AT, notHad } from './page.ts'
import { setApart } from './singles.ts'

/**
 * Makes dead letters of the next callbacks that wait for a plugin which is no longer there.
 * @returns how many, and whether that was all: then the plugin is forgotten
 */
export function bury(database: Database, { plugin, now, limit, error }: Arg<'bury'>): Result<'bury'> {
  const insert = 'INSERT INTO dead_letters (plugin, seq, at, attempts, error)'
  const first = database.all('SELECT seq FROM pending WHERE plugin = ? ORDER BY seq LIMIT ?', plugin, limit)
  for (const { seq } of first) {
    const number = Number(seq)
    const attempts = 'SELECT plugin, seq, ?, max(attempt - 1, 0), ? FROM pending WHERE plugin = ? AND seq = ?'
    database.run(`${insert} ${attempts}`, now, error, plugin, number)
    database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, number)
  }
  if (first.length > 0) return { count: first.length, end: false }

  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  let seen = cursor
  let count = 0
  while (count < limit && seen - cursor < LOOKED_AT) {
    const block = blockFrom(database, seen + 1)
    if (!block) {
      for (const table of ['cursors', 'done', 'tries']) database.run(`DELETE FROM ${table} WHERE plugin = ?`, plugin)
      return { count, end: true }
    }
    for (const { seq } of notHad(database, block, plugin, seen)) {
      setApart(database, seq)
      database.run(`${insert} VALUES (?, ?, ?, 0, ?)`, plugin, seq, now, error)
      count++
    }
    seen = block.last
  }
  database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', seen, plugin)
  return { count, end: false }
}
