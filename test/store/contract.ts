import { expect } from 'chai'
import type { Store, Stores } from '../../core/store/store.ts'

/** What every store does. */
export function describeStore(engine: string, open: (now: () => number) => Promise<Stores>): void {
  describe(`the store of a plugin, ${engine}`, () => {
    const at = { ms: 1000 }
    let stores: Stores
    let store: Store
    beforeEach(async () => {
      stores = await open(() => at.ms)
      store = stores.of('one')
    })

    it('keeps values by key, as JSON, apart from those of other plugins', async () => {
      const value = { list: [1] }
      await store.set('a', value)
      value.list.push(2)
      expect(await store.get('a')).to.deep.equal({ list: [1] })
      expect(await stores.of('two').get('a')).to.equal(undefined)
      expect(await stores.of('one').get('a')).to.deep.equal({ list: [1] })
      await store.delete('a')
      expect(await store.get('a')).to.equal(undefined)
    })

    it('refuses a value over 1 MB of JSON, with its size, and keeps what was there', async () => {
      const largest = 'x'.repeat(1024 * 1024 - 2)
      await store.set('a', largest)
      const tooLarge = `${largest}é`
      for (const write of [
        () => store.set('a', tooLarge),
        () => store.update('a', () => tooLarge),
        () => store.record('kind', tooLarge),
      ]) {
        const failed = await write().then(
          () => undefined,
          (error: unknown) => error,
        )
        expect(failed).to.include({ code: 'STORE_VALUE_TOO_LARGE' })
        expect(String(failed)).to.contain('1048578 bytes')
      }
      expect(await store.get('a')).to.equal(largest)
      expect(await store.records('kind')).to.deep.equal([])
    })

    it('forgets a value when its time is over', async () => {
      await store.set('short', 1, { ttlMs: 10 })
      at.ms += 9
      expect(await store.get('short')).to.equal(1)
      at.ms += 1
      expect(await store.get('short')).to.equal(undefined)
    })

    it('lists by prefix, sorted by key', async () => {
      await store.set('p:b', 2)
      await store.set('p:a', 1)
      await store.set('q', 3)
      await store.set('p:gone', 4, { ttlMs: 0 })
      expect(await store.list('p:')).to.deep.equal([
        { key: 'p:a', value: 1 },
        { key: 'p:b', value: 2 },
      ])
    })

    it('updates a value with nothing in between, and keeps its time', async () => {
      const add = (value: unknown): number => (typeof value === 'number' ? value : 0) + 1
      await Promise.all([store.update('n', add), store.update('n', add)])
      expect(await store.get('n')).to.equal(2)
      await store.set('timed', 1, { ttlMs: 10 })
      await store.update('timed', add)
      at.ms += 10
      expect(await store.get('timed')).to.equal(undefined)
      expect(await store.update('n', () => undefined)).to.equal(undefined)
      expect(await store.get('n')).to.equal(undefined)
    })

    it('gives a lease to one holder at a time, with a number that grows', async () => {
      const first = await store.lease('job', 10)
      expect(first?.fence).to.equal(1)
      expect(await store.lease('job', 10)).to.equal(undefined)
      expect(await first?.renew(20)).to.equal(true)
      at.ms += 15
      expect(await store.lease('job', 10)).to.equal(undefined)
      at.ms += 5
      expect(await first?.renew(20)).to.equal(false)
      const second = await store.lease('job', 10)
      expect(second?.fence).to.equal(2)
      await first?.release()
      expect(await store.lease('job', 10)).to.equal(undefined)
      await second?.release()
      expect((await store.lease('job', 10))?.fence).to.equal(3)
    })

    it('appends records, and gives the newest first', async () => {
      for (let n = 0; n < 3; n++) await store.record('kind', { n })
      const newest = await store.records('kind', { limit: 2 })
      expect(newest.map(({ data }) => data)).to.deep.equal([{ n: 2 }, { n: 1 }])
      expect(newest[0]?.at).to.equal(at.ms)
      expect(await store.records('other')).to.deep.equal([])
    })
  })
}
