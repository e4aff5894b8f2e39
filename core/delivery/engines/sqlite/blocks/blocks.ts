import type { Database, Row } from '../../../../store/sqlite/database.ts'
import { BLOCK_COLUMNS, BODIES, readBlock, type StoredBlock } from './read-block.ts'

export type Direction = 'backward' | 'forward'

const BLOCK = `SELECT first, last, ${BLOCK_COLUMNS}`
const SINGLE = `SELECT seq AS first, seq AS last, ${BLOCK_COLUMNS}`

/** The block that holds a number, or else the first one behind it. */
export function blockFrom(database: Database, seq: number): StoredBlock | undefined {
  return blockOf(database.get(`${BLOCK}, ${BODIES} FROM blocks WHERE last >= ? ORDER BY last LIMIT 1`, seq))
}

/** What is stored with numbers from `low` to `high`, in a direction; the first and the last may reach beyond. */
export function* blocksAmong(
  database: Database,
  low: number,
  high: number,
  direction: Direction,
): Generator<StoredBlock> {
  let at = direction === 'forward' ? low : high
  for (;;) {
    const block = blockOf(nearestRow(database, at, direction))
    if (!block || block.first > high || block.last < low) return
    yield block
    at = direction === 'forward' ? block.last + 1 : block.first - 1
  }
}

/** The number nearest to `from`, in a direction, of something that is stored. */
export function nearestStored(database: Database, from: number, direction: Direction): number | undefined {
  const row = nearestRow(database, from, direction)
  if (!row) return undefined
  const [first, last] = [Number(row['first']), Number(row['last'])]
  return direction === 'forward' ? Math.max(from, first) : Math.min(from, last)
}

/** The largest number of something that is stored; 0 without any. */
export function lastStored(database: Database): number {
  return database.number(
    'SELECT max((SELECT coalesce(max(last), 0) FROM blocks), (SELECT coalesce(max(seq), 0) FROM singles))',
  )
}

/** The smallest number in a block; infinite without any. Of smaller ones there is only what was set apart. */
export function lowestInBlocks(database: Database): number {
  const first = database.get('SELECT first FROM blocks ORDER BY last LIMIT 1')?.['first']
  return typeof first === 'number' ? first : Infinity
}

/** Without bodies. Between two blocks there may be what was set apart before the block that it was in went. */
function nearestRow(database: Database, at: number, direction: Direction): Row | undefined {
  const ahead = database.get(`${BLOCK} FROM blocks WHERE last >= ? ORDER BY last LIMIT 1`, at)
  if (ahead && Number(ahead['first']) <= at) return ahead
  if (direction === 'forward') {
    const single = `${SINGLE} FROM singles WHERE seq >= ? AND seq < ? ORDER BY seq LIMIT 1`
    return database.get(single, at, Number(ahead?.['first'] ?? Number.MAX_SAFE_INTEGER)) ?? ahead
  }
  const behind = database.get(`${BLOCK} FROM blocks WHERE last < ? ORDER BY last DESC LIMIT 1`, at)
  const single = `${SINGLE} FROM singles WHERE seq <= ? AND seq > ? ORDER BY seq DESC LIMIT 1`
  return database.get(single, at, Number(behind?.['last'] ?? 0)) ?? behind
}

function blockOf(row: Row | undefined): StoredBlock | undefined {
  return row && readBlock(row)
}
