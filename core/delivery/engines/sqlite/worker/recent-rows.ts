import type { Database } from '../../../../store/sqlite/database.ts'
import type { Arg, Result } from './messages.ts'
import { textOf } from '../blocks/read-block.ts'
import { BLOCKS, seek } from '../blocks/seek.ts'

/**
 * What came since a time, block by block as it is stored: a row each would take seconds where a million came. Blocks
 * are numbered in the order of receipt, so the first of them is found by halving.
 */
export function recent(database: Database, { since, after, limit }: Arg<'recent'>): Result<'recent'> {
  const from = after > 0 ? after : seek(database, BLOCKS, 'received_at', since) - 1
  const rows = database.all(
    'SELECT first, last, CAST(heads AS BLOB) AS heads FROM blocks WHERE last > ? ORDER BY last LIMIT ?',
    from,
    limit,
  )
  const last = rows.at(-1)?.['last']
  if (typeof last !== 'number') return undefined
  const again = 'SELECT seq, times FROM resends WHERE seq > ? AND seq <= ?'
  return {
    blocks: rows.map(({ first, heads }) => ({ first: Number(first), heads: textOf(heads) })),
    resends: database.all(again, from, last).map(({ seq, times }) => ({ seq: Number(seq), times: Number(times) })),
    last,
  }
}
