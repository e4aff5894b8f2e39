import { expect } from 'chai'
import { KeyedExecutor, MAX_PREFETCH, type Requeue } from '../../../core/delivery/attempt/keyed-executor.ts'
import { deferred } from '../../harness/plugin.ts'

const pool = { concurrency: 2 }

describe('lanes', () => {
  it('start what is free at once, and what a task pushes for its own key once that has ended', () => {
    const lanes = new KeyedExecutor()
    const seen: string[] = []
    lanes.push(pool, 'a', () => {
      lanes.push(pool, 'a', () => void seen.push('second'))
      lanes.push(pool, 'b', () => void seen.push('other'))
      seen.push('first')
      return undefined
    })
    expect(seen).to.have.members(['first', 'second', 'other'])
    expect(seen[0]).to.equal('first')
    expect(lanes.size).to.equal(0)
  })

  it('hold what a task pushes for its own key until it has ended, though it turns out to last', async () => {
    const lanes = new KeyedExecutor()
    const seen: string[] = []
    const last = deferred()
    lanes.push(pool, 'a', () => {
      lanes.push(pool, 'a', () => void seen.push('second'))
      return last.promise.then(() => void seen.push('first'))
    })
    last.resolve()
    await lanes.idle()
    expect(seen).to.deep.equal(['first', 'second'])
  })

  it('hold a key for a task that lasts, and let others pass up to the concurrency', async () => {
    const lanes = new KeyedExecutor()
    const seen: string[] = []
    const last = deferred()
    const lasting = (name: string) => async (): Promise<Requeue> => {
      seen.push(name)
      await last.promise
      return undefined
    }
    lanes.push(pool, 'a', lasting('a1'))
    lanes.push(pool, 'a', lasting('a2'))
    lanes.push(pool, 'b', lasting('b1'))
    lanes.push(pool, 'c', lasting('c1'))
    expect(seen).to.deep.equal(['a1', 'b1'])
    last.resolve()
    await lanes.idle()
    expect(seen.slice(2)).to.have.members(['a2', 'c1'])
  })

  it('hold a key until something has come, and leave the place in the pool to others', async () => {
    const lanes = new KeyedExecutor()
    const single = { concurrency: 1 }
    const seen: string[] = []
    const come = deferred()
    let runs = 0
    lanes.push(single, 'a', () => {
      seen.push(`a1 ${++runs}`)
      return runs === 1 ? { until: come.promise } : undefined
    })
    lanes.push(single, 'a', () => void seen.push('a2'))
    lanes.push(single, 'b', () => void seen.push('b'))
    expect(seen).to.deep.equal(['a1 1', 'b'])
    come.resolve()
    await lanes.idle()
    expect(seen).to.deep.equal(['a1 1', 'b', 'a1 2', 'a2'])
  })

  it('do not start what waited for something, once they are closed', async () => {
    const lanes = new KeyedExecutor()
    const come = deferred()
    let runs = 0
    lanes.push(pool, 'a', () => {
      runs++
      return { until: come.promise }
    })
    lanes.close()
    come.resolve()
    await come.promise
    await lanes.idle()
    expect([runs, lanes.size]).to.deep.equal([1, 1])
  })

  it('start nothing any more once they are closed, and count what is left', () => {
    const lanes = new KeyedExecutor()
    lanes.close()
    lanes.push(pool, 'a', () => expect.fail('started'))
    expect(lanes.size).to.equal(1)
  })
})

describe('slots', () => {
  it('are free again for tasks that end at once, be they with a key or without', () => {
    const freed: (string | undefined)[] = []
    const slots = new KeyedExecutor((key) => void freed.push(key))
    slots.push(pool, 'a', () => undefined)
    slots.push(pool, undefined, () => undefined)
    expect([slots.room, slots.of('a'), freed]).to.deep.equal([MAX_PREFETCH, 0, ['a', undefined]])
  })

  it('count what lasts, and leave out a key that is held up for a retry, with all behind it', async () => {
    const slots = new KeyedExecutor(() => undefined)
    const end = deferred()
    slots.push(pool, 'lasting', () => end.promise.then(() => undefined))
    expect([slots.room, slots.of('lasting')]).to.deep.equal([MAX_PREFETCH - 1, 1])
    slots.push(pool, 'held', () => ({ delayMs: 60_000 }))
    for (let n = 0; n < 3; n++) slots.push(pool, 'held', () => undefined)
    expect([slots.room, slots.of('held')]).to.deep.equal([MAX_PREFETCH - 1, 4])
    end.resolve()
    slots.close()
    await slots.idle()
    expect([slots.room, slots.of('lasting')]).to.deep.equal([MAX_PREFETCH, 0])
  })

  it('leave out what waits without a key, until it runs', async () => {
    const slots = new KeyedExecutor(() => undefined)
    const come = deferred()
    const runs = deferred()
    let count = 0
    slots.push(pool, undefined, () => {
      if (count++ === 0) return { until: come.promise }
      runs.resolve()
      return new Promise(() => undefined)
    })
    expect(slots.room).to.equal(MAX_PREFETCH)
    come.resolve()
    await runs.promise
    expect(slots.room).to.equal(MAX_PREFETCH - 1)
  })

  it('count a key again that was held up, once it runs', async () => {
    const slots = new KeyedExecutor(() => undefined)
    const again = deferred()
    let tries = 0
    slots.push(pool, 'held', () => {
      if (tries++ === 0) return { delayMs: 1 }
      again.resolve()
      return new Promise(() => undefined)
    })
    slots.push(pool, 'held', () => undefined)
    expect(slots.room).to.equal(MAX_PREFETCH)
    await again.promise
    expect(slots.room).to.equal(MAX_PREFETCH - 2)
  })
})
