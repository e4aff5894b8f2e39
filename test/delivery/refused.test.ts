import { expect } from 'chai'
import { createRecordRefused } from '../../core/delivery/delivery.ts'
import { Bus } from '../../core/observe/bus.ts'
import { deferred } from '../harness/plugin.ts'
import { callback } from './engines/sqlite/run-sqlite.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('refused callbacks', () => {
  it('are kept as fast as the store takes them, so that a flood of them holds up no others', async () => {
    const kept: string[] = []
    let stored = deferred()
    const recordUndelivered = ({ raw }: { raw: string }): Promise<void> => {
      kept.push(raw)
      return stored.promise
    }
    const record = createRecordRefused({ recordUndelivered }, new Bus())
    for (let n = 0; n < 1000; n++) record({ ...callback(n, 'g'), raw: String(n) }, 'body: is not JSON')
    await turn()
    expect(kept).to.deep.equal(Array.from({ length: 256 }, (_, n) => String(n)))
    stored.resolve()
    stored = deferred()
    await turn()
    record({ ...callback(1, 'g'), raw: 'later' }, 'body: is not JSON')
    await turn()
    expect(kept).to.have.length(257)
    expect(kept.at(-1)).to.equal('later')
  })
})
