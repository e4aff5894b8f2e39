import type { Database } from '../../../../store/sqlite/database.ts'
import { lowestInBlocks } from '../blocks/blocks.ts'
import { emptyFinished } from '../blocks/empty.ts'
import { finishedBlocks } from '../blocks/finished.ts'
import { type Evicted, sharesOf } from '../../../retention-shares.ts'
import { IS_UNUSED } from '../blocks/pinned.ts'
import { deleteDeadLetters, evict, historySince, moveHistoryStart } from '../blocks/room.ts'

/** The limits of a sweep. Times are milliseconds since 1970, sizes are bytes. */
export interface Limits {
  readonly finishedSince: number
  readonly deadSince: number
  readonly size: number
  /** Whether the disk is nearly full. Then rows are evicted as if `size` were reached, and the file is made smaller. */
  readonly needsRoom: boolean
  /** Rows to delete at most. */
  readonly limit: number
  /** Whether finished callbacks lose their bodies. */
  readonly emptiesFinished?: boolean
}

/** How many records of one kind a plugin may have. */
const MAX_RECORDS = 100_000
/** How long the results of requests can be read. */
const ANSWERS_KEPT_MS = 24 * 3_600_000
const PAGES_FREED = 256

/** How many bytes a sweep frees while the disk is nearly full. */
const ROOM_BYTES = 16 * 1024 * 1024

/** How many rows were deleted, whether there is more to do, and what was evicted early. */
export interface Retained {
  readonly deleted: number
  readonly more: boolean
  readonly evicted: Evicted
  /** Since when history is complete, milliseconds since 1970. */
  readonly since: number
}

/**
 * Deletes some expired dead letters and finished callbacks, oldest first. Then makes room if that is needed, see
 * room.ts. Callbacks that a plugin has not finished are never deleted, and neither are those with a dead letter.
 */
export function retain(database: Database, limits: Limits): Retained {
  const { deadSince, finishedSince, limit, size, needsRoom, emptiesFinished = false } = limits
  const dead = 'SELECT num, seq FROM dead_letters WHERE at < ? LIMIT ?'
  let deleted = deleteDeadLetters(database, database.all(dead, deadSince, limit))
  deleted += database.run(
    `DELETE FROM singles WHERE seq IN (SELECT seq FROM singles WHERE outcome IS NOT NULL AND ${IS_UNUSED}
      AND received_at < CASE outcome WHEN 'refused' THEN ? ELSE ? END ORDER BY seq LIMIT ?)`,
    deadSince,
    finishedSince,
    limit,
  )
  deleted += deleteBlocks(database, finishedSince, limit)
  const emptied = emptiesFinished ? emptyFinished(database, limit) : 0
  // What is over its share goes even while there is room.
  const enough = needsRoom ? usedBytes(database) - ROOM_BYTES : size
  const evicted = evict(database, sharesOf(size), () => usedBytes(database) > enough, limit)
  const count = evicted.refused + evicted.finished + evicted.faults
  deleted += count
  const lowest = Math.min(lowestInBlocks(database), Number.MAX_SAFE_INTEGER)
  database.run(
    'DELETE FROM resends WHERE seq < ? AND NOT EXISTS (SELECT 1 FROM singles s WHERE s.seq = resends.seq)',
    lowest,
  )
  const decided = "SELECT seq FROM singles WHERE outcome <> 'refused' ORDER BY seq LIMIT 1"
  database.run('DELETE FROM names WHERE last < ?', Math.min(lowest, database.numberIfAny(decided) ?? lowest))
  deleted += trimRecords(database, limit)
  database.run('DELETE FROM kv WHERE ends_at <= ?', Date.now())
  database.run('DELETE FROM requests WHERE result IS NOT NULL AND at < ?', Date.now() - ANSWERS_KEPT_MS)
  if (needsRoom) database.all(`PRAGMA incremental_vacuum(${PAGES_FREED})`)
  const isLarge = needsRoom && database.number('PRAGMA freelist_count') > 0
  const lacksRoom = count > 0 && (needsRoom || usedBytes(database) > size)
  return {
    deleted,
    more: deleted >= limit || emptied >= limit || isLarge || lacksRoom,
    evicted,
    since: historySince(database),
  }
}

/** Deletes the oldest finished blocks. Dead letters and retries have their callbacks in `singles`. */
function deleteBlocks(database: Database, before: number, limit: number): number {
  let count = 0
  for (const { last, first, received_at: at } of finishedBlocks(database, limit)) {
    if (at >= before || count >= limit) break
    count += last - first + 1
    database.run('DELETE FROM blocks WHERE last = ?', last)
    // An older one that is not finished may be left.
    if (first > lowestInBlocks(database)) moveHistoryStart(database, at)
  }
  return count
}

function usedBytes(database: Database): number {
  const pages = database.number('PRAGMA page_count') - database.number('PRAGMA freelist_count')
  return pages * database.number('PRAGMA page_size')
}

function trimRecords(database: Database, limit: number): number {
  const kinds = database.all<{ plugin: string; kind: string; extra: number }>(
    'SELECT plugin, kind, count(*) - ?1 AS extra FROM records GROUP BY plugin, kind HAVING extra > 0',
    MAX_RECORDS,
  )
  const oldest = 'SELECT num FROM records WHERE plugin = ? AND kind = ? ORDER BY num LIMIT ?'
  return kinds.reduce((sum, { plugin, kind, extra }) => {
    return sum + database.run(`DELETE FROM records WHERE num IN (${oldest})`, plugin, kind, Math.min(limit, extra))
  }, 0)
}
