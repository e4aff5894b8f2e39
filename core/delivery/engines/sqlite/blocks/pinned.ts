import type { Database } from '../../../../store/sqlite/database.ts'
import { type Unpacked, packed } from './block.ts'
import { blockFrom } from './blocks.ts'
import {
  BLOCK_COLUMNS,
  type BlockRow,
  BODIES,
  readBlock,
  type StoredBlock,
  UNDELIVERED,
  unreadable,
} from './read-block.ts'

const INSERT = 'INSERT INTO singles (seq, received_at, id, command, sets, heads, bodies) VALUES (?, ?, ?, ?, ?, ?, ?)'
/** The condition that a pinned callback neither waits nor is a dead letter. */
export const IS_UNUSED = `NOT EXISTS (SELECT 1 FROM pending p WHERE p.seq = singles.seq)
  AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.seq = singles.seq)`
const DELETE = `DELETE FROM singles WHERE seq = ? AND outcome IS NULL AND ${IS_UNUSED}`
const SELECT = `SELECT seq, ${BLOCK_COLUMNS}, ${UNDELIVERED}, ${BODIES} FROM singles WHERE seq = ?`
/** The last block read, because pinned callbacks are often neighbours. */
const lastRead = new WeakMap<Database, StoredBlock>()

/** The row of a pinned callback. */
export interface PinnedRow extends Omit<BlockRow, 'first' | 'last'> {
  readonly seq: number
}

/** A callback, wherever it is stored. */
export function storedOf(database: Database, seq: number): Unpacked | undefined {
  const [row] = database.all<PinnedRow>(SELECT, seq)
  return row ? pinnedOf(row) : inBlock(database, seq)
}

/** Copies a callback out of its block, because it waits for another attempt or is a dead letter, and may outlive the block. */
export function pin(database: Database, seq: number): void {
  if (database.get('SELECT 1 FROM singles WHERE seq = ?', seq)) return
  const callback = inBlock(database, seq)
  if (!callback) return
  const plugins = JSON.stringify(callback.plugins)
  const { receivedAt, id, sets, heads, bodies } = packed({ ...callback, plugins })
  const values = [seq, receivedAt, id, callback.command, sets, heads, bodies]
  database.runWith(INSERT, values)
}

/** Deletes the copy of a callback that no longer waits and is no dead letter. Its block still has it, if not too old. */
export function unpin(database: Database, seq: number): void {
  database.run(DELETE, seq)
}

/** The bytes that a pinned callback takes. */
export function pinnedBytes(database: Database, seq: number): number {
  return database.number('SELECT octet_length(heads) + octet_length(bodies) FROM singles WHERE seq = ?', seq)
}

/** Reads a pinned callback. A damaged one has no body, and if its head is damaged too, only number, time and plugins. */
export function pinnedOf({ seq, ...row }: PinnedRow): Unpacked {
  const { callbacks, damage } = readBlock({ ...row, first: seq, last: seq })
  return callbacks[0] ?? unreadable(seq, row.received_at, Object.keys(damage?.plugins ?? {}))
}

/** Forgets the block that was read last, because another process may have erased something in it. */
export function forgetBlock(database: Database): void {
  lastRead.delete(database)
}

function inBlock(database: Database, seq: number): Unpacked | undefined {
  let block = lastRead.get(database)
  // Numbers are never reused, so a cached block that was deleted does no harm.
  if (!block || seq < block.first || seq > block.last) {
    block = blockFrom(database, seq)
    if (block) lastRead.set(database, block)
  }
  return block?.callbacks[seq - block.first]
}
