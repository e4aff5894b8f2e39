import { expect } from 'chai'
import { createMemoryStores } from '../../core/store/memory.ts'
import { describeStore } from './contract.ts'

describeStore('memory', async (now) => createMemoryStores(now))

describe('the store of a plugin, memory', () => {
  const store = createMemoryStores().of('one')

  it('keeps a bounded number of records', async () => {
    for (let n = 0; n <= 10_000; n++) await store.record('many', n)
    const all = await store.records('many', { limit: 100_000 })
    expect(all).to.have.length(9001)
    expect(all[0]?.data).to.equal(10_000)
  })
})
