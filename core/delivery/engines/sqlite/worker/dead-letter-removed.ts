import type { Database } from '../../../../store/sqlite/database.ts'
import { addDeadLetter } from '../blocks/add-dead-letter.ts'
import { blockFrom } from '../blocks/blocks.ts'
import { reportDamage } from '../blocks/damage.ts'
import type { Arg, Result } from './messages.ts'
import { MAX_SCANNED, unsettledOf } from './page.ts'
import { pin } from '../blocks/pinned.ts'

/**
 * Makes dead letters of the next callbacks that wait for a plugin which is no longer there.
 * @returns how many, and whether that was all: then the plugin is forgotten
 */
export function deadLetterRemoved(
  database: Database,
  { plugin, now, limit, error }: Arg<'deadLetterRemoved'>,
): Result<'deadLetterRemoved'> {
  const first = database.all('SELECT seq, attempt FROM pending WHERE plugin = ? ORDER BY seq LIMIT ?', plugin, limit)
  for (const { seq, attempt } of first) {
    const attempts = Math.max(Number(attempt) - 1, 0)
    addDeadLetter(database, { plugin, seq: Number(seq), at: now, attempts, error })
    database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, Number(seq))
  }
  if (first.length > 0) return { count: first.length, end: false }

  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  let seen = cursor
  let count = 0
  while (count < limit && seen - cursor < MAX_SCANNED) {
    const block = blockFrom(database, seen + 1)
    if (!block) {
      for (const table of ['cursors', 'done', 'tries']) database.run(`DELETE FROM ${table} WHERE plugin = ?`, plugin)
      return { count, end: true }
    }
    if (block.damage) reportDamage(database, block.damage, plugin)
    for (const { seq } of unsettledOf(database, block, plugin, seen)) {
      pin(database, seq)
      addDeadLetter(database, { plugin, seq, at: now, attempts: 0, error })
      count++
    }
    seen = block.last
  }
  database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', seen, plugin)
  return { count, end: false }
}
