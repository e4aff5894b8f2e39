import type { Database } from '../../../../store/sqlite/database.ts'
import type { Block } from '../blocks/block.ts'
import type { NameWords } from '../blocks/names.ts'

const INSERT = `INSERT INTO blocks (last, first, received_at, id, expendable, sets, heads, bodies)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

/** The words and callbacks of a row of `names`. Short rows would cost a page of each commit, long ones a search. */
const MAX_WORDS = 16_384
const MAX_CALLBACKS = 1024

/** Creates the append operation. It numbers callbacks on from `last`, and skips the numbers of failed appends. */
export function createAppend(database: Database, last: number) {
  let seq = last
  const index = createNameIndex(database)

  return {
    last: () => seq,
    /** Stores a block. Returns the number of its first callback; the others follow. */
    append({ count, receivedAt, id, expendable, sets, heads, bodies, names }: Block): number {
      const first = seq + 1
      seq += count
      database.runWith(INSERT, [seq, first, receivedAt, id, expendable ? 1 : 0, sets, heads, bodies])
      index.add(first, seq, names)
      return first
    },
    /** Returns a number for a callback that is stored by itself. */
    single(names: NameWords): number {
      seq++
      index.add(seq, seq, names)
      return seq
    },
    /** Writes what is left of the index, if there is room: it only saves time. */
    flush(): void {
      try {
        index.flush()
      } catch {
        // A search then reads the bodies.
      }
    },
  }
}

/**
 * Collects the names of many callbacks into one row. A crash or a rollback leaves a gap, where a search reads the
 * bodies.
 */
function createNameIndex(database: Database) {
  let parts: NameWords[] = []
  let words = 0
  let from = 0
  let to = 0

  const flush = (): void => {
    if (words === 0) return
    const row = Buffer.concat(
      parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
    )
    parts = []
    words = 0
    database.run('INSERT OR REPLACE INTO names VALUES (?, ?, ?)', to, from, new Uint8Array(row))
  }
  return {
    flush,
    add(first: number, last: number, names: NameWords): void {
      if (first !== to + 1) flush()
      if (words === 0) from = first
      to = last
      parts.push(names)
      words += names.length
      if (words >= MAX_WORDS || to - from >= MAX_CALLBACKS) flush()
    },
  }
}
