import { expect } from 'chai'
import type { WaitingCallback } from '../../../core/delivery/callback-log.ts'
import { KeyOverflow } from '../../../core/delivery/consume/key-overflow.ts'
import type { Partition } from '../../../core/delivery/consume/partition.ts'

const partition = {} as Partition

function rowOf(seq: number): WaitingCallback {
  const about = {
    id: `${seq}`,
    sdkAppId: 1,
    command: '',
    receivedAt: 0,
    signed: true,
    key: 'hot',
    query: '',
    raw: '{}',
  }
  return { ...about, seq, maybeResend: false, resends: 0, attempt: 1, dueAt: undefined, tries: 0 }
}

describe('a key with many callbacks', () => {
  it('makes new ones wait behind those that are handed over, even if these end at once', async () => {
    const order: number[] = []
    let next = 100
    const overflow: KeyOverflow = new KeyOverflow({
      fetch: async (_partition, seqs) => seqs.map(rowOf),
      prefetchedOf: () => 0,
      onNext(_partition, { seq }) {
        order.push(seq)
        // It has ended, and the consumer takes up what has come since.
        if (next < 105 && overflow.has('hot')) overflow.add('hot', partition, next++)
        else if (next < 105) order.push(next++)
        overflow.resume('hot')
      },
      onLost: () => undefined,
    })
    for (let seq = 1; seq <= 6; seq++) overflow.add('hot', partition, seq)
    overflow.resume('hot')
    await new Promise(setImmediate)
    expect(order).to.deep.equal([1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 104])
    expect(overflow.has('hot')).to.equal(false)
  })
})
