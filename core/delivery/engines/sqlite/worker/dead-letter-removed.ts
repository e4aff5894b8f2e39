import type { Database } from '../../../../store/sqlite/database.ts'
import { addDeadLetter } from '../blocks/add-dead-letter.ts'
import { blockFrom } from '../blocks/blocks.ts'
import { reportDamage } from '../blocks/damage.ts'
import type { Arg, Result } from './messages.ts'
import { MAX_SCANNED, unsettledOf } from './page.ts'
import { pin } from '../blocks/pinned.ts'

/**
 * Dead-letters the next callbacks that wait for a plugin that is no longer configured.
 * @returns how many, and whether it was the end: then the plugin's rows are deleted
 */
export function deadLetterRemoved(
  database: Database,
  { plugin, now, limit, error }: Arg<'deadLetterRemoved'>,
): Result<'deadLetterRemoved'> {
  const add = (seq: number, attempt: number): void =>
    addDeadLetter(database, plugin, seq, { at: now, attempts: Math.max(attempt - 1, 0), error, isFault: false })
  const select = 'SELECT seq, attempt FROM pending WHERE plugin = ? ORDER BY seq LIMIT ?'
  const rows = database.all<{ seq: number; attempt: number }>(select, plugin, limit)
  for (const { seq, attempt } of rows) {
    add(seq, attempt)
    database.run('DELETE FROM pending WHERE plugin = ? AND seq = ?', plugin, seq)
  }
  if (rows.length > 0) return { count: rows.length, end: false }

  const cursor = database.number('SELECT seq FROM cursors WHERE plugin = ?', plugin)
  let scanned = cursor
  let count = 0
  while (count < limit && scanned - cursor < MAX_SCANNED) {
    const block = blockFrom(database, scanned + 1)
    if (!block) {
      for (const table of ['cursors', 'done', 'held', 'holds', 'tries'])
        database.run(`DELETE FROM ${table} WHERE plugin = ?`, plugin)
      return { count, end: true }
    }
    if (block.damage) reportDamage(database, block.damage, plugin)
    for (const { seq } of unsettledOf(database, block, plugin, scanned)) {
      pin(database, seq)
      add(seq, database.number('SELECT attempt FROM held WHERE plugin = ? AND seq = ?', plugin, seq))
      count++
    }
    scanned = block.last
  }
  database.run('UPDATE cursors SET seq = ? WHERE plugin = ?', scanned, plugin)
  return { count, end: false }
}
