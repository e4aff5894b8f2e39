import type { Database } from '../../../../store/sqlite/database.ts'
import type { Block } from '../blocks/block.ts'

const INSERT = `INSERT INTO blocks (last, first, received_at, id, expendable, sets, heads, bodies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

/** Makes what stores callbacks, numbered on from `last`. Numbers of those that could not be stored are left out. */
export function createAppend(database: Database, last: number) {
  let seq = last

  return {
    last: () => seq,
    /** The number of the first; those of the others follow. */
    append({ count, receivedAt, id, expendable, sets, heads, bodies }: Block): number {
      const first = seq + 1
      seq += count
      database.runWith(INSERT, [seq, first, receivedAt, id, expendable ? 1 : 0, sets, heads, bodies])
      return first
    },
  }
}
