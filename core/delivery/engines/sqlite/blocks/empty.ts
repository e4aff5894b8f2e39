import type { Database } from '../../../../store/sqlite/database.ts'
import { Packer } from './block.ts'
import { forgetBlock } from './pinned.ts'
import { BLOCK_COLUMNS, type BlockRow, BODIES, readBlock, type StoredBlock } from './read-block.ts'

/** Blocks that are read at a time. */
const BLOCKS_AT_ONCE = 100
/** The last number that was emptied. Every sweep continues after it. */
const PLACES = { blocks: 'bodies_to', kept: 'kept_bodies_to' } as const

/**
 * Deletes the bodies of the next callbacks that every plugin has passed, in order of receipt, and of recorded decisions.
 * Callbacks that wait for another attempt or are dead letters have their own copy with a body. A damaged block stays.
 * @returns how many callbacks lost their body
 */
export function emptyFinished(database: Database, limit: number): number {
  const rows = database.all<BlockRow>(
    `SELECT first, last, ${BLOCK_COLUMNS}, ${BODIES} FROM blocks WHERE last > ? AND last <= ? ORDER BY last LIMIT ?`,
    placeOf(database, 'blocks'),
    database.numberIfAny('SELECT min(seq) FROM cursors') ?? Number.MAX_SAFE_INTEGER,
    BLOCKS_AT_ONCE,
  )
  let count = 0
  for (const row of rows) {
    if (count >= limit) break
    const block = readBlock(row)
    emptyBlock(database, block, () => true)
    count += block.last - block.first + 1
    moveTo(database, 'blocks', block.last)
  }
  return count + emptyKept(database, limit)
}

/** The callbacks stay in their block, without bodies: blocks have no gaps. Their fingerprints still identify resends. */
export function emptyBlock(database: Database, block: StoredBlock, isChosen: (seq: number) => boolean): void {
  if (block.callbacks.length === 0) return
  const packer = new Packer()
  for (const callback of block.callbacks) {
    const kept = isChosen(callback.seq) ? { ...callback, key: undefined, query: '', raw: '' } : callback
    packer.add({ ...kept, plugins: JSON.stringify(callback.plugins) })
  }
  const { sets, heads, bodies } = packer.take()
  database.run('UPDATE blocks SET sets = ?, heads = ?, bodies = ? WHERE last = ?', sets, heads, bodies, block.last)
  forgetBlock(database)
}

/** Refused callbacks can be replayed, decided ones cannot. */
function emptyKept(database: Database, limit: number): number {
  const to = database.number(
    'SELECT max(num) FROM (SELECT num FROM kept WHERE num > ? ORDER BY num LIMIT ?)',
    placeOf(database, 'kept'),
    limit,
  )
  if (to === 0) return 0
  const between = "num > ? AND num <= ? AND outcome <> 'refused'"
  const count = database.run(`UPDATE kept SET query = '', raw = '' WHERE ${between}`, placeOf(database, 'kept'), to)
  moveTo(database, 'kept', to)
  return count
}

function placeOf(database: Database, table: keyof typeof PLACES): number {
  return database.number('SELECT value FROM meta WHERE name = ?', PLACES[table])
}

function moveTo(database: Database, table: keyof typeof PLACES, to: number): void {
  database.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', PLACES[table], to)
}
