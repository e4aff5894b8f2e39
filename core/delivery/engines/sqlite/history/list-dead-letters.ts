import type { Database } from '../../../../store/sqlite/database.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { BLOCK_COLUMNS } from '../blocks/read-block.ts'
import { pinnedOf } from '../blocks/pinned.ts'
import { fitsCommand, whereOf } from './search/where.ts'

/** Dead letters, newest first. */
export function deadLetters(
  database: Database,
  { plugin, command, refs, before, limit = 100 }: DeadFilter,
): DeadLetter[] {
  const where = whereOf([
    plugin !== undefined && ['d.plugin = ?', plugin],
    command !== undefined && fitsCommand('s.command', command),
    refs !== undefined && ['d.num IN (SELECT value FROM json_each(?))', JSON.stringify(refs.map(Number))],
    before !== undefined && ['d.num < ?', Number(before)],
  ])
  // CROSS JOIN makes SQLite look up callbacks by dead letter, and not the other way round.
  const select = `SELECT d.num, d.plugin, d.at, d.attempts, d.error, s.seq, ${BLOCK_COLUMNS}
    FROM dead_letters d CROSS JOIN singles s ON s.seq = d.seq ${where.text} ORDER BY d.num DESC LIMIT ?`
  return database.all(select, ...where.values, limit).flatMap((row) => {
    const pinned = pinnedOf(row)
    if (!pinned) return []
    const { seq, id, sdkAppId, command, receivedAt } = pinned
    return {
      ref: String(row['num']),
      plugin: String(row['plugin']),
      at: Number(row['at']),
      attempts: Number(row['attempts']),
      error: String(row['error']),
      callback: { ref: String(seq), id, sdkAppId, command, receivedAt },
    }
  })
}
