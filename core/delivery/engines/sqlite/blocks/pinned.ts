import type { Database, Row } from '../../../../store/sqlite/database.ts'
import { type Unpacked, packed } from './block.ts'
import { blockFrom } from './blocks.ts'
import { BLOCK_COLUMNS, BODIES, type Damage, readBlock, type StoredBlock, textOf } from './read-block.ts'

const INSERT = 'INSERT INTO singles (seq, received_at, id, command, sets, heads, bodies) VALUES (?, ?, ?, ?, ?, ?, ?)'
const DELETE = `DELETE FROM singles WHERE seq = ?1
  AND NOT EXISTS (SELECT 1 FROM pending WHERE seq = ?1) AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE seq = ?1)`
const REFUSED_COLUMNS = 'id, app, command, received_at, signed, CAST(query AS BLOB) AS query, CAST(raw AS BLOB) AS raw'
/** The columns read of a pinned callback, besides `seq`. */
const PINNED_COLUMNS = `${BLOCK_COLUMNS}, ${BODIES}`
/** The last block read, because pinned callbacks are often neighbours. */
const lastRead = new WeakMap<Database, StoredBlock>()

/** A callback, wherever it is stored. */
export function storedOf(database: Database, seq: number): Unpacked | undefined {
  const row = database.get(`SELECT seq, ${PINNED_COLUMNS} FROM singles WHERE seq = ?`, seq)
  return pinnedOf(row) ?? unpinnedOf(database, seq)
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
export function pinnedOf(row: Row | undefined): Unpacked | undefined {
  if (!row) return undefined
  const { callbacks, damage } = readBlock({ ...row, first: Number(row['seq']), last: Number(row['seq']) })
  return callbacks[0] ?? (damage && unreadable(damage))
}

function unreadable({ first: seq, receivedAt, plugins }: Damage): Unpacked {
  const nothing = { id: '', identity: '', sdkAppId: 0, command: '', signed: false, maybeResend: false }
  return { seq, plugins: Object.keys(plugins), ...nothing, receivedAt, key: undefined, query: '', raw: '' }
}

function unpinnedOf(database: Database, seq: number): Unpacked | undefined {
  return seq < 0 ? amongRefused(database, seq) : inBlock(database, seq)
}

/** A refused callback in the form of a delivered one: unordered, and for no plugin until it is replayed to one. */
function amongRefused(database: Database, seq: number): Unpacked | undefined {
  const row = database.get(`SELECT ${REFUSED_COLUMNS} FROM kept WHERE num = ? AND outcome = 'refused'`, -seq)
  if (!row) return undefined
  const { id, app, command, received_at: at, signed, query, raw } = row
  return {
    seq,
    plugins: [],
    id: String(id),
    identity: '',
    sdkAppId: Number(app),
    command: String(command),
    receivedAt: Number(at),
    signed: signed === 1,
    maybeResend: false,
    key: undefined,
    query: textOf(query),
    raw: textOf(raw),
  }
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
