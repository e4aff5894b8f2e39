import type { Database } from '../../../../store/sqlite/database.ts'
import { Packer } from './block.ts'
import { forgetBlock } from './pinned.ts'
import { BLOCK_COLUMNS, type BlockRow, BODIES, readBlock, type StoredBlock } from './read-block.ts'

/** Blocks that are read at a time. */
const BLOCKS_AT_ONCE = 100
/** The last number that was emptied. Every sweep continues after it. */
const PLACES = { blocks: 'bodies_to', singles: 'single_bodies_to' } as const

/** In each table: callbacks that every plugin has passed, and decisions. Refused callbacks can be replayed. */
const SELECT = {
  blocks: `SELECT first, last, ${BLOCK_COLUMNS}, ${BODIES} FROM blocks
    WHERE last > ? AND last <= (SELECT coalesce(min(seq), ${Number.MAX_SAFE_INTEGER}) FROM cursors)`,
  singles: `SELECT seq AS first, seq AS last, ${BLOCK_COLUMNS}, ${BODIES} FROM singles
    WHERE seq > ? AND outcome <> 'refused'`,
} as const

/**
 * Deletes the bodies of the next callbacks that every plugin has passed, in order of receipt, and of recorded decisions.
 * Callbacks that wait for another attempt or are dead letters have their own copy with a body. A damaged block stays.
 * @returns how many callbacks lost their body
 */
export function emptyFinished(database: Database, limit: number): number {
  let count = 0
  for (const table of ['blocks', 'singles'] as const) {
    const select = `${SELECT[table]} ORDER BY last LIMIT ${BLOCKS_AT_ONCE}`
    const next = (): BlockRow[] =>
      database.all(select, database.number('SELECT value FROM meta WHERE name = ?', PLACES[table]))
    for (let rows = next(); rows.length > 0 && count < limit; rows = next()) {
      for (const row of rows) {
        const block = readBlock(row)
        emptyBlock(database, block, () => true, table)
        count += block.last - block.first + 1
        database.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', PLACES[table], block.last)
        if (count >= limit) break
      }
    }
  }
  return count
}

/** The callbacks stay in their block, without bodies: blocks have no gaps. Their fingerprints still identify resends. */
export function emptyBlock(
  database: Database,
  block: StoredBlock,
  isChosen: (seq: number) => boolean,
  table: keyof typeof PLACES = 'blocks',
): void {
  if (block.callbacks.length === 0) return
  const packer = new Packer()
  for (const callback of block.callbacks) {
    const kept = isChosen(callback.seq) ? { ...callback, key: undefined, query: '', raw: '' } : callback
    packer.add({ ...kept, plugins: JSON.stringify(callback.plugins) })
  }
  const { sets, heads, bodies } = packer.take()
  const key = table === 'blocks' ? 'last' : 'seq'
  database.run(`UPDATE ${table} SET sets = ?, heads = ?, bodies = ? WHERE ${key} = ?`, sets, heads, bodies, block.last)
  forgetBlock(database)
}
