import { expect } from 'chai'
import type { Change } from '../../../core/delivery/callback-log.ts'
import { Cursor } from '../../../core/delivery/consume/cursor.ts'
import { chance } from '../model/clock.ts'

function taken(...seqs: number[]): Cursor {
  const cursor = new Cursor(0)
  for (const seq of seqs) cursor.take(seq)
  return cursor
}

describe('the cursor of a plugin', () => {
  it('moves over what is settled in turn, and over what is not the plugin’s', () => {
    const cursor = taken(2, 5)
    cursor.advance(7)
    expect(cursor.changes(0, true)).to.deep.equal([['cursor', 1]])
    cursor.settle(2)
    expect([cursor.changes(0, true), cursor.head]).to.deep.equal([[['cursor', 4]], 5])
    cursor.settle(5)
    expect([cursor.changes(0, true), cursor.head]).to.deep.equal([[['cursor', 7]], undefined])
  })

  it('has one range for all that is settled behind one that is not', () => {
    const cursor = taken(...Array.from({ length: 5000 }, (_, index) => index * 2 + 1))
    for (let seq = 3; seq < 10_000; seq += 2) cursor.settle(seq)
    expect(cursor.changes(0, true)).to.deep.equal([['done', 2, 9999]])
    cursor.take(10_001)
    cursor.take(10_003)
    cursor.settle(10_003)
    expect(cursor.changes(0, true)).to.deep.equal([['done', 10_002, 10_003]])
    cursor.settle(10_001)
    expect(cursor.changes(0, true)).to.deep.equal([['done', 2, 10_003]])
  })

  it('writes no range of what it passes soon', () => {
    const cursor = taken(1, 2, 3)
    cursor.settle(2)
    expect(cursor.changes(1000, false)).to.deep.equal([])
    expect(cursor.unwritten).to.equal(1)
    cursor.settle(1)
    expect(cursor.changes(2000, false)).to.deep.equal([['cursor', 2]])
  })

  it('tells, whatever the order, which callbacks are settled', () => {
    const random = chance(1)
    for (let run = 0; run < 200; run++) {
      const own = Array.from({ length: 60 }, (_, index) => index + 1).filter(() => random() < 0.7)
      const cursor = taken(...own)
      cursor.advance(60)
      const left = new Set(own)
      const stored = { cursor: 0, done: new Map<number, number>() }
      for (const seq of own.toSorted(() => random() - 0.5)) {
        if (random() < 0.2) continue
        cursor.settle(seq)
        left.delete(seq)
        if (random() < 0.3) for (const change of cursor.changes(0, true)) apply(stored, change)
      }
      for (const change of cursor.changes(0, true)) apply(stored, change)
      const isSettled = (seq: number): boolean =>
        seq <= stored.cursor || [...stored.done].some(([first, last]) => first <= seq && seq <= last)
      expect(own.filter((seq) => !isSettled(seq))).to.deep.equal([...left].toSorted((a, b) => a - b))
    }
  })
})

/** As a log stores it. */
function apply(stored: { cursor: number; done: Map<number, number> }, [kind, seq, last]: Change): void {
  if (kind === 'cursor') stored.cursor = seq
  if (kind !== 'done') return
  for (const first of stored.done.keys()) if (first >= seq && first <= last) stored.done.delete(first)
  stored.done.set(seq, last)
}
