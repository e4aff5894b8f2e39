import type { Database, Value } from '../../../../store/sqlite/database.ts'
import { BLOCK_COLUMNS, type BlockRow, BODIES, readBlock, type StoredBlock, textOf, UNDELIVERED } from './read-block.ts'

export type Direction = 'backward' | 'forward'

const COLUMNS = `CAST(id AS BLOB) AS id, ${BLOCK_COLUMNS}`
/**
 * Blocks that have some of the numbers from ?1 to ?2, and pinned callbacks among these that are in none: their own was
 * deleted, or they never had one.
 */
const among = (order: string): string => `
  SELECT first, last, ${COLUMNS}, NULL AS outcome, NULL AS code, NULL AS failed, NULL AS error FROM blocks
    WHERE last >= ?1 AND instr(heads, ?4) > 0 AND last <= coalesce((SELECT CASE WHEN b.first <= ?2 THEN b.last ELSE ?2 END
      FROM blocks b WHERE b.last >= ?2 ORDER BY b.last LIMIT 1), ?2)
  UNION ALL SELECT seq, seq, ${COLUMNS}, ${UNDELIVERED} FROM singles
    WHERE seq BETWEEN ?1 AND ?2 AND instr(heads, ?4) > 0 AND seq < coalesce(
      (SELECT b.first FROM blocks b WHERE b.last >= singles.seq ORDER BY b.last LIMIT 1), ${Number.MAX_SAFE_INTEGER})
  ORDER BY last ${order} LIMIT ?3`
const SELECT = { forward: among('ASC'), backward: among('DESC') } as const
/** How many rows are read at a time. */
const MAX_ROWS = 256

/** The block that holds a number, or else the next one. */
export function blockFrom(database: Database, seq: number): StoredBlock | undefined {
  const select = `SELECT first, last, ${BLOCK_COLUMNS}, ${BODIES} FROM blocks WHERE last >= ? ORDER BY last LIMIT 1`
  return database.all<BlockRow>(select, seq).map(readBlock)[0]
}

/**
 * Reads the blocks and pinned callbacks from `low` to `high`, in a direction. The first and last block may reach beyond.
 * @param text what their heads must have in them
 */
export function* blocksAmong(
  database: Database,
  low: number,
  high: number,
  direction: Direction,
  text = '',
): Generator<StoredBlock> {
  let [from, to] = [low, high]
  for (let count = 2; from <= to; count = Math.min(2 * count, MAX_ROWS)) {
    const rows = database.all<FoundRow>(SELECT[direction], from, to, count, text)
    for (const row of rows) {
      yield readBlock(row)
      if (direction === 'forward') from = row.last + 1
      else to = row.first - 1
    }
    if (rows.length < count) return
  }
}

/** The nearest stored number from `from` on, in a direction. */
export function nearestStored(database: Database, from: number, direction: Direction): number | undefined {
  const row = nearestRow(database, from, direction)
  if (!row) return undefined
  return direction === 'forward' ? Math.max(from, row.first) : Math.min(from, row.last)
}

/**
 * Finds the first number from which on times or ids are at least `value`; beyond the last number if there is none.
 * Both grow with the number, so a binary search does without an index.
 */
export function seek(database: Database, column: 'received_at' | 'id', value: number | string): number {
  let low = 1
  let high = lastStored(database) + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    // Numbers may be missing, so the next row is compared. An id is read as bytes, because it may be damaged.
    const row = nearestRow(database, middle, 'forward')
    const found = column === 'id' ? textOf(row?.id) : Number(row?.received_at)
    if (row && found >= value) high = middle
    else low = middle + 1
  }
  return low
}

/** When the callback with a number, or the next one, was received: milliseconds since 1970, 0 if there is none. */
export function timeOf(database: Database, seq: number): number {
  return nearestRow(database, seq, 'forward')?.received_at ?? 0
}

/** The largest stored number; 0 if nothing is stored. */
export function lastStored(database: Database): number {
  return database.number(
    'SELECT max((SELECT coalesce(max(last), 0) FROM blocks), (SELECT coalesce(max(seq), 0) FROM singles))',
  )
}

/** The smallest number in a block; Infinity if there is none. Below it only pinned callbacks are left. */
export function lowestInBlocks(database: Database): number {
  return database.numberIfAny('SELECT first FROM blocks ORDER BY last LIMIT 1') ?? Infinity
}

/** What is read of one, which is not its bodies. */
interface FoundRow extends BlockRow {
  /** The last one in it. */
  readonly id: Value
}

function nearestRow(database: Database, at: number, direction: Direction): FoundRow | undefined {
  const range = direction === 'forward' ? [at, Number.MAX_SAFE_INTEGER] : [0, at]
  return database.all<FoundRow>(SELECT[direction], ...range, 1, '')[0]
}
