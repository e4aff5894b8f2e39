import type { Database, Value } from '../../../../../store/sqlite/database.ts'
import type { Filter } from '../../../../history.ts'
import { blocksAmong, type Direction } from '../../blocks/blocks.ts'
import { hashOfAccount, hashOfGroup, numbersWith } from '../../blocks/names.ts'
import { bytesOf } from '../../blocks/read-block.ts'

const NEXT = {
  forward: 'SELECT first, last, words FROM names WHERE last >= ? ORDER BY last LIMIT 1',
  backward: 'SELECT first, last, words FROM names WHERE first <= ? ORDER BY last DESC LIMIT 1',
} as const

/** The hashes of the names in a filter. */
export function hashesOf({ group, account }: Filter): number[] {
  return [
    ...(group === undefined ? [] : [hashOfGroup(group)]),
    ...(account === undefined ? [] : [hashOfAccount(account)]),
  ]
}

/** The numbers from `low` to `high`, in a direction, of callbacks that may have these names. */
export function* candidates(
  database: Database,
  low: number,
  high: number,
  { hashes, direction }: { hashes: readonly number[]; direction: Direction },
): Generator<number> {
  const isForward = direction === 'forward'
  const inRange = (seq: number): boolean => seq >= low && seq <= high
  const inOrder = (numbers: number[]): number[] => (isForward ? numbers : numbers.toReversed()).filter(inRange)
  for (let at = isForward ? low : high; at >= low && at <= high;) {
    const [row] = database.all<NamesRow>(NEXT[direction], at)
    // Nothing is known of the callbacks between two rows.
    const first = isForward ? at : Math.max(low, (row?.last ?? 0) + 1)
    const last = isForward ? Math.min(high, (row?.first ?? Infinity) - 1) : at
    if (first <= last) {
      for (const { callbacks } of blocksAmong(database, first, last, direction))
        yield* inOrder(callbacks.map(({ seq }) => seq).filter((seq) => seq >= first && seq <= last))
    }
    if (!row) return
    yield* inOrder(numbersWith(wordsOf(row.words), row.first, hashes))
    at = isForward ? row.last + 1 : row.first - 1
  }
}

interface NamesRow {
  readonly first: number
  readonly last: number
  readonly words: Value
}

/** The words as they were written. */
function wordsOf(value: Value): Uint32Array {
  const bytes = bytesOf(value)
  const copy = new Uint8Array(bytes.length - (bytes.length % 4))
  copy.set(bytes.subarray(0, copy.length))
  return new Uint32Array(copy.buffer)
}
