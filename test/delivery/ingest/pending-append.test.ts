import { expect } from 'chai'
import { PendingAppend, createIngest } from '../../../core/delivery/ingest/pending-append.ts'
import { Bus } from '../../../core/observe/bus.ts'
import { createIdentify } from '../../../core/delivery/ingest/identify.ts'
import { createRegistry } from '../../../core/registry.ts'
import { callback, routeOf } from '../engines/sqlite/run-sqlite.ts'

/** What becomes of five that come in one turn, where the third cannot be stored and the fourth has no identity. */
async function five(): Promise<{ ends: string[]; stored: number[] }> {
  const stored: number[] = []
  const take = createIngest<PendingAppend>(createIdentify(0, new Bus()), (coming) => {
    const n = Number(coming.callback.body['EventTime'])
    if (n === 3) throw new Error('cannot be stored')
    stored.push(n)
    coming.resolve()
  })
  const registry = createRegistry([])
  const all = [1, 2, 3, 4, 5].map((n) => {
    const made = callback(n, 'g')
    const unreadable = {
      get body(): never {
        throw new Error('no identity')
      },
    }
    return new PendingAppend(
      n === 4 ? Object.defineProperties({ ...made }, Object.getOwnPropertyDescriptors(unreadable)) : made,
      routeOf(registry, made),
    )
  })
  for (const coming of all) take(coming)
  expect(stored).to.deep.equal([])
  const ends = await Promise.allSettled(all)
  return { ends: ends.map((end) => (end.status === 'fulfilled' ? 'stored' : String(end.reason))), stored }
}

describe('callbacks that come in one turn to be stored', () => {
  it('are stored in their order, and one that cannot be is refused by itself', async () => {
    const { ends, stored } = await five()
    expect(stored).to.deep.equal([1, 2, 5])
    expect(ends).to.deep.equal(['stored', 'stored', 'Error: cannot be stored', 'Error: no identity', 'stored'])
  })
})
