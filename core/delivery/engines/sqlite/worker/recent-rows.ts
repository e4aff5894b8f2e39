import type { Database, Value } from '../../../../store/sqlite/database.ts'
import type { Arg, Result } from './messages.ts'
import { textOf } from '../blocks/read-block.ts'
import { seek } from '../blocks/blocks.ts'

/**
 * Reads the blocks received since a time. They are returned as stored, because a million single rows would take seconds.
 * Blocks are numbered in the order of receipt, so a binary search finds the first.
 */
export function recent(database: Database, { since, after, limit }: Arg<'recent'>): Result<'recent'> {
  const from = after > 0 ? after : seek(database, 'received_at', since) - 1
  const rows = database.all<{ first: number; last: number; heads: Value }>(
    'SELECT first, last, CAST(heads AS BLOB) AS heads FROM blocks WHERE last > ? ORDER BY last LIMIT ?',
    from,
    limit,
  )
  const last = rows.at(-1)?.last
  if (last === undefined) return undefined
  return {
    blocks: rows.map(({ first, heads }) => ({ first, heads: textOf(heads) })),
    resends: database.all('SELECT seq, times FROM resends WHERE seq > ? AND seq <= ?', from, last),
    last,
  }
}
