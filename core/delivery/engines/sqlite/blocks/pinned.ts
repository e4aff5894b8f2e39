import type { Database, Value } from '../../../../store/sqlite/database.ts'
import { type Unpacked, packed } from './block.ts'
import { blockFrom } from './blocks.ts'
import { BLOCK_COLUMNS, type BlockRow, BODIES, readBlock, type StoredBlock, textOf, unreadable } from './read-block.ts'

const INSERT = 'INSERT INTO singles (seq, received_at, id, command, sets, heads, bodies) VALUES (?, ?, ?, ?, ?, ?, ?)'
const DELETE = `DELETE FROM singles WHERE seq = ?1
  AND NOT EXISTS (SELECT 1 FROM pending WHERE seq = ?1) AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE seq = ?1)`
const REFUSED_COLUMNS = `id, app AS sdkAppId, command, received_at AS receivedAt, signed, CAST(query AS BLOB) AS query,
  CAST(raw AS BLOB) AS raw`
/** The columns read of a pinned callback, besides `seq`. */
const PINNED_COLUMNS = `${BLOCK_COLUMNS}, ${BODIES}`
/** The last block read, because pinned callbacks are often neighbours. */
const lastRead = new WeakMap<Database, StoredBlock>()

/** The row of a pinned callback. */
export interface PinnedRow extends Omit<BlockRow, 'first' | 'last'> {
  readonly seq: number
}

/** A callback, wherever it is stored. */
export function storedOf(database: Database, seq: number): Unpacked | undefined {
  const [row] = database.all<PinnedRow>(`SELECT seq, ${PINNED_COLUMNS} FROM singles WHERE seq = ?`, seq)
  return row ? pinnedOf(row) : unpinnedOf(database, seq)
}

/** Copies a callback out of its block, because it waits for another attempt or is a dead letter, and may outlive the block. */
export function pin(database: Database, seq: number): void {
  if (database.get('SELECT 1 FROM singles WHERE seq = ?', seq)) return
  const callback = unpinnedOf(database, seq)
  if (!callback) return
  const { receivedAt, id, sets, heads, bodies } = packed(callback)
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

function unpinnedOf(database: Database, seq: number): Unpacked | undefined {
  return seq < 0 ? amongRefused(database, seq) : inBlock(database, seq)
}

interface RefusedRow extends Pick<Unpacked, 'id' | 'sdkAppId' | 'command' | 'receivedAt'> {
  readonly signed: 0 | 1
  readonly query: Value
  readonly raw: Value
}

/** A refused callback in the form of a delivered one: unordered, and for no plugin until it is replayed to one. */
function amongRefused(database: Database, seq: number): Unpacked | undefined {
  const select = `SELECT ${REFUSED_COLUMNS} FROM kept WHERE num = ? AND outcome = 'refused'`
  const [row] = database.all<RefusedRow>(select, -seq)
  if (!row) return undefined
  const { id, sdkAppId, command, receivedAt, signed, query, raw } = row
  const about = { id, sdkAppId, command, signed: signed === 1, query: textOf(query), raw: textOf(raw) }
  return { ...unreadable(seq, receivedAt, []), ...about }
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
