import type { Database } from '../../../../store/sqlite/database.ts'
import { BLOCK_COLUMNS, type BlockRow, BODIES, readBlock, type StoredBlock } from './read-block.ts'

export type Direction = 'backward' | 'forward'

const BLOCK = `SELECT first, last, ${BLOCK_COLUMNS}`
const PINNED = `SELECT seq AS first, seq AS last, ${BLOCK_COLUMNS}`

/** The block that holds a number, or else the next one. */
export function blockFrom(database: Database, seq: number): StoredBlock | undefined {
  const select = `${BLOCK}, ${BODIES} FROM blocks WHERE last >= ? ORDER BY last LIMIT 1`
  return database.all<BlockRow>(select, seq).map(readBlock)[0]
}

/** Reads the blocks and pinned callbacks from `low` to `high`, in a direction. The first and last block may reach beyond. */
export function* blocksAmong(
  database: Database,
  low: number,
  high: number,
  direction: Direction,
): Generator<StoredBlock> {
  let at = direction === 'forward' ? low : high
  for (;;) {
    const row = nearestRow(database, at, direction)
    if (!row || row.first > high || row.last < low) return
    yield readBlock(row)
    at = direction === 'forward' ? row.last + 1 : row.first - 1
  }
}

/** The nearest stored number from `from` on, in a direction. */
export function nearestStored(database: Database, from: number, direction: Direction): number | undefined {
  const row = nearestRow(database, from, direction)
  if (!row) return undefined
  return direction === 'forward' ? Math.max(from, row.first) : Math.min(from, row.last)
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

/** Reads no bodies. Between two blocks there may be pinned callbacks, whose own block was deleted. */
function nearestRow(database: Database, at: number, direction: Direction): BlockRow | undefined {
  const read = (sql: string, ...numbers: number[]): BlockRow | undefined => database.all<BlockRow>(sql, ...numbers)[0]
  const ahead = read(`${BLOCK} FROM blocks WHERE last >= ? ORDER BY last LIMIT 1`, at)
  if (ahead && ahead.first <= at) return ahead
  if (direction === 'forward') {
    const pinned = `${PINNED} FROM singles WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1`
    return read(pinned, at, ahead?.first ?? Number.MAX_SAFE_INTEGER) ?? ahead
  }
  const behind = read(`${BLOCK} FROM blocks WHERE last < ? ORDER BY last DESC LIMIT 1`, at)
  const pinned = `${PINNED} FROM singles WHERE seq <= ? AND seq > ? ORDER BY seq DESC LIMIT 1`
  return read(pinned, at, behind?.last ?? 0) ?? behind
}
