import type { Database, Row } from '../../../../store/sqlite/database.ts'
import { type Unpacked, packed } from './block.ts'
import { blockFrom } from './blocks.ts'
import { BLOCK_COLUMNS, BODIES, type Damage, readBlock, type StoredBlock, textOf } from './read-block.ts'

const INSERT = 'INSERT INTO singles (seq, received_at, id, command, sets, heads, bodies) VALUES (?, ?, ?, ?, ?, ?, ?)'
const DELETE = `DELETE FROM singles WHERE seq = ?1
  AND NOT EXISTS (SELECT 1 FROM pending WHERE seq = ?1) AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE seq = ?1)`
const REFUSED_COLUMNS = 'id, app, command, received_at, signed, CAST(query AS BLOB) AS query, CAST(raw AS BLOB) AS raw'
/** What is read of one, beside `seq`. */
const SINGLE_COLUMNS = `${BLOCK_COLUMNS}, ${BODIES}`
/** Those that are set apart are often neighbours. */
const lastRead = new WeakMap<Database, StoredBlock>()

/** A callback, wherever it is stored. */
export function storedOf(database: Database, seq: number): Unpacked | undefined {
  const row = database.get(`SELECT seq, ${SINGLE_COLUMNS} FROM singles WHERE seq = ?`, seq)
  return pinnedOf(row) ?? unpinnedOf(database, seq)
}

/** Writes a callback down by itself, for it waits for another attempt, or is a dead letter. */
export function pin(database: Database, seq: number): void {
  if (database.get('SELECT 1 FROM singles WHERE seq = ?', seq)) return
  const one = unpinnedOf(database, seq)
  if (!one) return
  const { receivedAt, id, sets, heads, bodies } = packed(one)
  const values = [seq, receivedAt, id, one.command, sets, heads, bodies]
  database.runWith(INSERT, values)
}

/** Lets go of one that waits for nothing any more and is no dead letter: its block has it, if it is not too old. */
export function unpin(database: Database, seq: number): void {
  database.run(DELETE, seq)
}

/** What a callback that is set apart takes. */
export function pinnedBytes(database: Database, seq: number): number {
  return database.number('SELECT octet_length(heads) + octet_length(bodies) FROM singles WHERE seq = ?', seq)
}

/** What a row of singles tells; one that is damaged has no body, and nobody knows more of one without `callbacks`. */
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

/** A refused callback as one to deliver: without an order, and no plugin's until it is replayed to one. */
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

function inBlock(database: Database, seq: number): Unpacked | undefined {
  let block = lastRead.get(database)
  // Numbers are never given twice, so a block that is gone does no harm.
  if (!block || seq < block.first || seq > block.last) {
    block = blockFrom(database, seq)
    if (block) lastRead.set(database, block)
  }
  return block?.callbacks[seq - block.first]
}
