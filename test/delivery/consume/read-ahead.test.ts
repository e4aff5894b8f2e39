import { expect } from 'chai'
import type { Page, WaitingCallback } from '../../../core/delivery/callback-log.ts'
import { SuspectFinder } from '../../../core/delivery/attempt/suspect-finder.ts'
import type { Shared } from '../../../core/delivery/consume/item.ts'
import { ReadAhead } from '../../../core/delivery/consume/read-ahead.ts'

interface Read {
  readonly after: number
  readonly answer: (page: Page | Error) => Promise<void>
}

const flushed = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A read-ahead over a log whose answers the test gives. */
function readAheadOf(cursor: number, tail: number): { ahead: ReadAhead; reads: Read[]; passed: number[] } {
  const reads: Read[] = []
  const passed: number[] = []
  const read = (after: number): Promise<Page> =>
    new Promise((resolve, reject) => {
      reads.push({
        after,
        answer(page) {
          if (page instanceof Error) reject(page)
          else resolve(page)
          return flushed()
        },
      })
    })
  const suspectFinder = new SuspectFinder({ clean: true, tail }, 0)
  const onAdvance = (seq: number): void => void passed.push(seq)
  const deps = { suspectFinder, read, onTake: onAdvance, onAdvance, onPage: () => undefined }
  return { ahead: new ReadAhead(deps, cursor, tail), reads, passed }
}

function row(seq: number): WaitingCallback {
  const callback = { id: `${seq}`, sdkAppId: 1, command: 'A.B', receivedAt: 0, signed: true, key: undefined, query: '' }
  return { ...callback, seq, raw: '{}', maybeResend: false, resends: 0, attempt: 1, dueAt: undefined, tries: 0 }
}

function shared(seq: number): Shared {
  const { id, sdkAppId, command, receivedAt, signed, raw, query } = row(seq)
  const callback = { id, sdkAppId, command, receivedAt, signed, raw, query }
  return { seq, callback, key: undefined, maybeResend: false, entry: 0, resends: 0, parsed: undefined, takers: 1 }
}

function page(scanned: number, end: boolean, ...seqs: number[]): Page {
  return { rows: seqs.map(row), lost: 0, scanned, end }
}

function take(ahead: ReadAhead): number[] {
  const seqs: number[] = []
  for (let item = ahead.take(); item; item = ahead.take()) seqs.push(item.shared.seq)
  return seqs
}

describe('read-ahead', () => {
  it('hands over the next callbacks from memory, without a read', () => {
    const { ahead, reads, passed } = readAheadOf(4, 4)
    ahead.stored(5, shared(5))
    ahead.stored(6, undefined)
    ahead.stored(7, shared(7))
    expect([take(ahead), reads.length, passed]).to.deep.equal([[5, 7], 0, [5, 6, 7]])
  })

  it('reads the gap if a number is missing', async () => {
    const { ahead, reads } = readAheadOf(0, 0)
    ahead.stored(1, shared(1))
    ahead.stored(4, shared(4))
    expect(take(ahead)).to.deep.equal([1])
    expect(reads.map(({ after }) => after)).to.deep.equal([1])
    await reads[0]?.answer(page(4, true, 2, 4))
    ahead.stored(5, shared(5))
    expect([take(ahead), reads.length]).to.deep.equal([[2, 4, 5], 1])
  })

  it('continues from memory with callbacks stored while a page was read, once each', async () => {
    const { ahead, reads } = readAheadOf(0, 2)
    ahead.refill()
    for (const seq of [3, 4, 5]) ahead.stored(seq, shared(seq))
    await reads[0]?.answer(page(4, true, 1, 2, 3, 4))
    ahead.stored(6, shared(6))
    expect([take(ahead), reads.length]).to.deep.equal([[1, 2, 3, 4, 5, 6], 1])
  })

  it('reads again if something may have arrived that is not in the page', async () => {
    const { ahead, reads } = readAheadOf(0, 1)
    ahead.refill()
    ahead.look()
    await reads[0]?.answer(page(1, true, 1))
    ahead.refill()
    expect(reads.map(({ after }) => after)).to.deep.equal([0, 1])
    await reads[1]?.answer(page(2, true, 2))
    ahead.refill()
    expect([take(ahead), reads.length]).to.deep.equal([[1, 2], 2])
  })

  it('queues no more than its limit, and reads the rest', async () => {
    const { ahead, reads } = readAheadOf(0, 0)
    for (let seq = 1; seq <= 1500; seq++) ahead.stored(seq, shared(seq))
    expect(ahead.length).to.equal(1000)
    expect(reads).to.have.length(0)
    for (let count = 0; count < 600; count++) ahead.take()
    ahead.refill()
    expect(reads.map(({ after }) => after)).to.deep.equal([1000])
  })
})
