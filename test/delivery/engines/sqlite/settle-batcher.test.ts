import { expect } from 'chai'
import { SettleBatcher } from '../../../../core/delivery/engines/sqlite/consume/settle-batcher.ts'
import type { SqliteClient } from '../../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import type { Change } from '../../../../core/delivery/engines/sqlite/worker/messages.ts'

/** A ledger over a file that can be full. */
function ledgerOf(): { ledger: SettleBatcher; written: unknown[]; full: { is: boolean } } {
  const written: unknown[] = []
  const full = { is: false }
  const ask = async (_name: string, changes: readonly Change[]): Promise<void> => {
    if (full.is) throw new Error('full')
    written.push(...changes)
  }
  return { ledger: new SettleBatcher({ ask } as unknown as SqliteClient, () => []), written, full }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what has become of callbacks', () => {
  it('is written with what is stored meanwhile, and not once more', async () => {
    const { ledger, written } = ledgerOf()
    ledger.piggyback()
    expect(written).to.deep.equal([])
    ledger.enqueue(['resent', 1])
    ledger.piggyback()
    await turn()
    expect(written).to.deep.equal([['resent', 1]])
    await ledger.flush()
    expect(written).to.have.length(1)
  })

  it('is not tried with each of them while it cannot be written, and stays', async () => {
    const { ledger, written, full } = ledgerOf()
    full.is = true
    ledger.enqueue(['resent', 1])
    ledger.piggyback()
    await turn()
    full.is = false
    ledger.enqueue(['resent', 2])
    ledger.piggyback()
    await turn()
    expect(written).to.deep.equal([])
    await ledger.flush()
    ledger.close()
    expect(written).to.deep.equal([
      ['resent', 1],
      ['resent', 2],
    ])
  })
})
