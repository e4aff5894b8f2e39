import { expect } from 'chai'
import type { Change, Settlement } from '../../../core/delivery/callback-log.ts'
import { type Outbox, SettleBatcher } from '../../../core/delivery/consume/settle-batcher.ts'

/** A batcher over a log that can be full, or refuse a lease. */
function batcherOf(): {
  batcher: SettleBatcher
  written: Change[]
  outbox: Outbox & { isLost: boolean }
  log: { isFull: boolean; isRefusing: boolean }
} {
  const written: Change[] = []
  const log = { isFull: false, isRefusing: false }
  const settle = async (all: readonly Settlement[]): Promise<boolean[]> => {
    if (log.isFull) throw new Error('full')
    if (!log.isRefusing) written.push(...all.flatMap(({ changes }) => changes))
    return all.map(() => !log.isRefusing)
  }
  const outbox = {
    lease: { plugin: 'one', partition: 0, fence: 0, clean: true, cursor: 0, tail: 0, waiting: 0 },
    isLost: false,
    finished: 0,
    collect: (): Change[] => [],
    lose(): void {
      outbox.isLost = true
    },
  }
  return { batcher: new SettleBatcher({ settle }, () => [outbox]), written, outbox, log }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what has become of callbacks', () => {
  it('is written together with what is stored meanwhile, and only once', async () => {
    const { batcher, written, outbox } = batcherOf()
    batcher.piggyback()
    expect(written).to.deep.equal([])
    batcher.enqueue(outbox, ['finished', 1])
    batcher.piggyback()
    await turn()
    expect(written).to.deep.equal([['finished', 1]])
    await batcher.flush()
    expect(written).to.have.length(1)
  })

  it('is not tried with each of them while it cannot be written, and stays in order', async () => {
    const { batcher, written, outbox, log } = batcherOf()
    log.isFull = true
    batcher.enqueue(outbox, ['finished', 1])
    batcher.piggyback()
    await turn()
    log.isFull = false
    batcher.enqueue(outbox, ['finished', 2])
    batcher.piggyback()
    await turn()
    expect(written).to.deep.equal([])
    await batcher.flush()
    await batcher.close(0)
    expect(written).to.deep.equal([
      ['finished', 1],
      ['finished', 2],
    ])
  })

  it('is tried again at a stop while that has time, and given up then', async () => {
    const { batcher, written, outbox, log } = batcherOf()
    log.isFull = true
    batcher.enqueue(outbox, ['finished', 1])
    await batcher.close(0)
    expect(written).to.deep.equal([])
    const closed = batcher.close(60_000)
    await turn()
    log.isFull = false
    await closed
    expect(written).to.deep.equal([['finished', 1]])
  })

  it('is given up where another process has the lease, and whoever waits for it learns that', async () => {
    const { batcher, written, outbox, log } = batcherOf()
    log.isRefusing = true
    expect(await batcher.enqueueDurably(outbox, ['try', 1, 1])).to.equal(false)
    log.isRefusing = false
    expect(await batcher.enqueueDurably(outbox, ['try', 1, 1])).to.equal(false)
    await batcher.close(0)
    expect([outbox.isLost, written]).to.deep.equal([true, []])
  })
})
