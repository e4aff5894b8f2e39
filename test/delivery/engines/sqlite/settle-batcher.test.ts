import { expect } from 'chai'
import { SettleBatcher } from '../../../../core/delivery/engines/sqlite/consume/settle-batcher.ts'
import type { SqliteClient } from '../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import type { Change } from '../../../../core/delivery/engines/sqlite/worker/messages.ts'

/** A batcher over a file that can be full. */
function batcherOf(): { batcher: SettleBatcher; written: unknown[]; full: { is: boolean } } {
  const written: unknown[] = []
  const full = { is: false }
  const request = async (_name: string, changes: readonly Change[]): Promise<void> => {
    if (full.is) throw new Error('full')
    written.push(...changes)
  }
  return { batcher: new SettleBatcher({ request } as unknown as SqliteClient, () => []), written, full }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what has become of callbacks', () => {
  it('is written with what is stored meanwhile, and not once more', async () => {
    const { batcher, written } = batcherOf()
    batcher.piggyback()
    expect(written).to.deep.equal([])
    batcher.enqueue(['resent', 1])
    batcher.piggyback()
    await turn()
    expect(written).to.deep.equal([['resent', 1]])
    await batcher.flush()
    expect(written).to.have.length(1)
  })

  it('is not tried with each of them while it cannot be written, and stays', async () => {
    const { batcher, written, full } = batcherOf()
    full.is = true
    batcher.enqueue(['resent', 1])
    batcher.piggyback()
    await turn()
    full.is = false
    batcher.enqueue(['resent', 2])
    batcher.piggyback()
    await turn()
    expect(written).to.deep.equal([])
    await batcher.flush()
    batcher.close()
    expect(written).to.deep.equal([
      ['resent', 1],
      ['resent', 2],
    ])
  })
})
