import type { Database } from '../../../../store/sqlite/database.ts'
import type { BlockRow } from './read-block.ts'

const COLUMNS = 'b.last, b.first, b.received_at'
/** Shorter ranges are ignored, because there may be very many. */
const MIN_RANGE = 128
const IS_EXPENDABLE = '(?2 IS NULL OR b.expendable = ?2)'
const BELOW = `SELECT ${COLUMNS} FROM blocks b WHERE b.last <= ?1 AND ${IS_EXPENDABLE} ORDER BY b.last LIMIT ?3`
/** In a range that the slowest plugin has done, and done or passed by every other plugin. */
const BEYOND = `SELECT ${COLUMNS} FROM done r CROSS JOIN blocks b ON b.last BETWEEN r.first AND r.last
  WHERE r.plugin = ?1 AND ${IS_EXPENDABLE} AND r.last - r.first >= ${MIN_RANGE} AND b.first >= r.first
    AND NOT EXISTS (SELECT 1 FROM cursors c WHERE c.plugin <> ?1 AND c.seq < b.last AND coalesce((SELECT d.last FROM done d
      WHERE d.plugin = c.plugin AND d.first <= max(b.first, c.seq + 1) ORDER BY d.first DESC LIMIT 1), 0) < b.last)
  ORDER BY b.last LIMIT ?3`

type FinishedBlock = Pick<BlockRow, 'last' | 'first' | 'received_at'>

/**
 * The oldest blocks that every plugin has finished. A callback that waits for long holds back the cursor, but not the
 * finished blocks after it.
 * @param expendable which of them; all if it is undefined
 */
export function finishedBlocks(database: Database, limit: number, expendable?: 0 | 1): FinishedBlock[] {
  const [hindmost] = database.all<{ plugin: string; seq: number }>(
    'SELECT plugin, seq FROM cursors ORDER BY seq LIMIT 1',
  )
  const cursor = hindmost?.seq ?? Number.MAX_SAFE_INTEGER
  const rows = database.all<FinishedBlock>(BELOW, cursor, expendable ?? null, limit)
  if (!hindmost || rows.length >= limit) return rows
  return [...rows, ...database.all<FinishedBlock>(BEYOND, hindmost.plugin, expendable ?? null, limit - rows.length)]
}
