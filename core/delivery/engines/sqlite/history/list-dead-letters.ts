import type { Database } from '../../../../store/sqlite/database.ts'
import type { DeadFilter, DeadLetter } from '../../../history.ts'
import { BLOCK_COLUMNS, textOf } from '../blocks/read-block.ts'
import { pinnedOf, type PinnedRow } from '../blocks/pinned.ts'
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
  const select = `SELECT CAST(d.num AS TEXT) AS ref, d.plugin, d.at, d.attempts, CAST(d.error AS BLOB) AS error, s.seq, ${BLOCK_COLUMNS}
    FROM dead_letters d CROSS JOIN singles s ON s.seq = d.seq ${where.text} ORDER BY d.num DESC LIMIT ?`
  const rows = database.all<Omit<DeadLetter, 'callback' | 'error'> & PinnedRow>(select, ...where.values, limit)
  return rows.map((row) => {
    const { ref, plugin, at, attempts } = row
    const { seq, id, sdkAppId, command, receivedAt } = pinnedOf(row)
    const callback = { ref: String(seq), id, sdkAppId, command, receivedAt }
    return { ref, plugin, at, attempts, error: textOf(row.error), callback }
  })
}
