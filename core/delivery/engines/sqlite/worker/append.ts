import type { Database } from '../../../../store/sqlite/database.ts'
import type { Block } from '../blocks/block.ts'

const INSERT = `INSERT INTO blocks (last, first, received_at, id, expendable, sets, heads, bodies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

/** Creates the append operation. It numbers callbacks on from `last`, and skips the numbers of failed appends. */
export function createAppend(database: Database, last: number) {
  let seq = last

  return {
    last: () => seq,
    /** Stores a block. Returns the number of its first callback; the others follow. */
    append({ count, receivedAt, id, expendable, sets, heads, bodies }: Block): number {
      const first = seq + 1
      seq += count
      database.runWith(INSERT, [seq, first, receivedAt, id, expendable ? 1 : 0, sets, heads, bodies])
      return first
    },
  }
}
