import { expect } from 'chai'
import type { Entry, Filter } from '../../../core/delivery/history.ts'
import { BEFORE, entry, full, FULL, message } from '../../harness/plugin.ts'
import { SIGNED_APP, signed, UNSIGNED_APP } from '../../harness/server.ts'
import { counted } from './counted.ts'
import { pages, type Settings, type Shared, shared, until } from './histories.ts'

const STRAY = { CallbackCommand: FULL, GroupId: 'stray', EventTime: 1 }
const CREATED = 'Group.CallbackAfterCreateGroup'

/** How every engine's journal lists what a server has stored. */
export function describeJournal(engine: string, settings: Settings): void {
  describe(`the history of the engine ${engine}`, () => {
    let serve: Shared['serve']
    let open: Shared['open']
    beforeEach(async () => {
      ;({ serve, open } = await shared(settings))
    })

    it('lists callbacks, newest first and oldest first, page by page', async () => {
      const { post, bus } = await serve([
        entry('one', { [FULL]: async () => undefined, [BEFORE]: ({ reject }) => reject(10100) }),
      ])
      const done = counted(bus, 4)
      await post(FULL, full({ GroupId: 'a' }))
      await post(BEFORE, message())
      for (const GroupId of ['b', 'c', 'd']) await post(FULL, full({ GroupId }))
      await done
      const history = await open()
      const all = await until(
        () => history.backward({}),
        ({ entries }) => entries.length === 5,
      )
      const ids = all.entries.map(({ id }) => id)
      expect(ids).to.deep.equal(ids.toSorted().toReversed())
      expect(all.entries.map(kind)).to.deep.equal(['', '', '', 'reject', ''])
      expect(await pages(history, 'backward', { limit: 1 })).to.deep.equal(ids)
      expect(await pages(history, 'backward', { limit: 4 })).to.deep.equal(ids)
      expect(await pages(history, 'forward', { limit: 2 })).to.deep.equal(ids.toReversed())
      expect(await pages(history, 'forward', { outcome: 'kept' })).to.deep.equal([ids[3]])
    })

    it('counts what waits, also for a removed plugin', async () => {
      const first = await serve([
        entry('done', { [FULL]: async () => undefined }),
        entry('stuck', { [FULL]: () => new Promise(() => undefined) }),
      ])
      const done = counted(first.bus, 2)
      for (const GroupId of ['a', 'b']) await first.post(FULL, full({ GroupId }))
      await done
      await first.server.stop({ drainMs: 0, graceMs: 0 })
      expect(await (await open()).backlogs()).to.deep.equal([{ plugin: 'stuck', count: 2 }])
    })

    it('counts resends of a refused callback, and lists why it was refused', async () => {
      const { post, server, request } = await serve([])
      await post(FULL, 'no JSON')
      await post(FULL, 'nor this')
      await post(FULL, 'no JSON')
      await request(`?SdkAppid=${UNSIGNED_APP}&g=%20`, { method: 'POST', body: JSON.stringify(STRAY) })
      const history = await open()
      const list = async (): Promise<unknown[]> =>
        (await history.backward({ outcome: 'refused' })).entries.map(({ command, resends, undelivered }) => [
          command,
          resends,
          undelivered?.error?.slice(0, 29),
        ])
      const listed = await until(list, (entries) => entries.length === 3 && JSON.stringify(entries).includes('1'))
      expect(listed).to.deep.equal([
        [FULL, 0, 'CallbackCommand: is required '],
        [FULL, 0, 'body: is not JSON'],
        [FULL, 1, 'body: is not JSON'],
      ])
      expect(await history.deadLetters()).to.deep.equal([])
      await server.stop()
      const { post: postAgain } = await serve([])
      await postAgain(FULL, 'no JSON')
      await until(list, (entries) => JSON.stringify(entries).includes(',2,'))
    })

    it('records failures and refusals whose text has NUL and lone surrogates', async () => {
      const fail = (): never => {
        throw new Error('broken \u0000 and \ud800 here')
      }
      const { post, bus } = await serve([entry('one', { [FULL]: fail }, { retry: { attempts: 1 } })])
      const dead = bus.next('callback:dead')
      await post(FULL, full({ GroupId: 'a' }))
      await dead
      await post(FULL, 'no \u0000 JSON')
      const history = await open()
      const { entries } = await until(
        () => history.backward({}),
        (page) => page.entries.length === 2 && page.entries.some(({ plugins }) => plugins[0]?.outcome === 'dead'),
      )
      expect(entries.map(({ undelivered }) => undelivered?.outcome)).to.deep.equal(['refused', undefined])
    })

    it('stores the beginning and the length of a long refused callback', async () => {
      const { post } = await serve([])
      await post(FULL, `[${'1,'.repeat(10_000)}1]`)
      await post(FULL, `[${'1,'.repeat(8000)}1]`)
      const history = await open()
      const { entries } = await until(
        () => history.backward({ outcome: 'refused', bodies: true }),
        (page) => page.entries.length === 2,
      )
      const [whole, long] = entries
      expect([whole?.body?.raw.length, whole?.undelivered?.error]).to.deep.equal([
        16003,
        'body: expected a JSON object, got an array',
      ])
      expect([long?.body?.raw.length, long?.undelivered?.error]).to.deep.equal([
        2048,
        'body: expected a JSON object, got an array (kept: the first 2048 of 20003 characters)',
      ])
    })

    it('lists callbacks received since a place', async () => {
      const { post } = await serve([])
      await post(FULL, full())
      const history = await open()
      const first = await history.forward({}, await history.end())
      expect(first).to.deep.include({ entries: [], end: true })
      await post(FULL, full({ GroupId: 'new' }))
      const { entries } = await history.forward({ bodies: true }, first.place)
      expect(entries.map(({ body }) => JSON.parse(body?.raw ?? '') as object)).to.have.nested.property(
        '[0].GroupId',
        'new',
      )
      expect(entries).to.have.length(1)
    })

    it('leaves out what does not match a filter', async () => {
      const { post, bus } = await serve([
        entry('one', { [FULL]: async () => undefined }, { only: { apps: [SIGNED_APP] } }),
        entry('two', { [BEFORE]: ({ drop }) => drop() }),
      ])
      const done = counted(bus, 1)
      await post(FULL, full())
      await post(FULL, full(), signed())
      await post(CREATED, { GroupId: 'x' })
      await post(BEFORE, message())
      await done
      const history = await open()
      const all = await until(
        () => history.backward({}),
        ({ entries }) => entries.length === 4,
      )
      const [dropped, created, own, foreign] = all.entries.map(({ id }) => id)
      const at = all.entries[2]?.receivedAt ?? 0
      const fits = async (filter: Filter): Promise<string[]> => pages(history, 'backward', filter)
      expect(await fits({ app: SIGNED_APP })).to.deep.equal([own])
      expect(await fits({ command: CREATED })).to.deep.equal([created])
      expect(await fits({ command: 'Group.*' })).to.deep.equal([dropped, created, own, foreign])
      expect(await fits({ command: '*', outcome: 'kept' })).to.deep.equal([dropped])
      expect(await fits({ command: 'Group.Callback*' })).to.deep.equal([])
      expect(await fits({ command: 'C2C.*' })).to.deep.equal([])
      expect(await fits({ plugin: 'one' })).to.deep.equal([own])
      expect(await fits({ plugin: 'none' })).to.deep.equal([])
      expect(await fits({ outcome: 'drop' })).to.deep.equal([dropped])
      expect(await fits({ outcome: 'reject' })).to.deep.equal([])
      expect(await fits({ outcome: 'delivered' })).to.deep.equal([created, own, foreign])
      expect((await history.backward({ since: at })).entries.every((one) => one.receivedAt >= at)).to.equal(true)
      expect((await history.backward({ until: at })).entries.every((one) => one.receivedAt < at)).to.equal(true)
      const parts = [...(await fits({ since: at })), ...(await fits({ until: at }))]
      expect(parts).to.deep.equal([dropped, created, own, foreign])
    })

    it('lists the outcome of a callback for each plugin', async () => {
      const { post, bus } = await serve([
        entry('fine', { [FULL]: async () => undefined }),
        entry('broken', { [FULL]: async () => Promise.reject(new Error('always')) }, { retry: { attempts: 1 } }),
        entry('hangs', { [FULL]: () => new Promise<void>(() => undefined) }),
      ])
      const all = Promise.all([bus.next('handler:done'), bus.next('callback:dead')])
      await post(FULL, full())
      await all
      const history = await open()
      const outcomes = async (filter: Filter = {}): Promise<Entry['plugins'] | undefined> =>
        (await history.backward(filter)).entries[0]?.plugins.toSorted((one, other) => (one.id < other.id ? -1 : 1))
      const expected = [
        { id: 'broken', outcome: 'dead' },
        { id: 'fine', outcome: 'done' },
        { id: 'hangs', outcome: 'waiting' },
      ] as const
      await until(outcomes, (plugins) => JSON.stringify(plugins) === JSON.stringify(expected))
      for (const { id, outcome } of expected) {
        for (const other of ['done', 'dead', 'waiting'] as const) {
          const found = await outcomes({ plugin: id, outcome: other })
          expect(found, `${id} ${other}`).to.deep.equal(other === outcome ? expected : undefined)
        }
        expect(await outcomes({ outcome })).to.deep.equal(expected)
      }
    })

    it('finds callbacks by their ids, with bodies if asked', async () => {
      const { post } = await serve([entry('one', { [BEFORE]: ({ reject }) => reject() })])
      await post(FULL, full({ GroupId: 'a' }))
      await post(FULL, full({ GroupId: 'b' }))
      await post(BEFORE, message())
      const history = await open()
      const { entries } = await until(
        () => history.backward({}),
        (page) => page.entries.length === 3,
      )
      const [kept = '', , first = ''] = entries.map(({ id }) => id)
      const unknown = `zz${first.slice(2)}`
      const found = await history.find([first, kept, unknown, 'no id at all'])
      expect(found.map(({ id }) => id).toSorted()).to.deep.equal([first, kept])
      expect(found[0]).not.to.have.property('body')
      const [whole] = await history.find([first], { bodies: true })
      expect(JSON.parse(whole?.body?.raw ?? '')).to.include({ GroupId: 'a' })
      expect(whole?.body?.query).to.include(`CallbackCommand=${FULL}`)
    })

    it('lists what plugins have recorded', async () => {
      const { server } = await serve([])
      const { stores } = server.running
      await stores.of('one').record('a', { n: 1 })
      await stores.of('one').record('b', { n: 2 })
      await stores.of('two').record('a', { n: 3 })
      const history = await open()
      const all = await history.records()
      expect(all.map(({ plugin, kind, data }) => ({ plugin, kind, data }))).to.deep.equal([
        { plugin: 'two', kind: 'a', data: { n: 3 } },
        { plugin: 'one', kind: 'b', data: { n: 2 } },
        { plugin: 'one', kind: 'a', data: { n: 1 } },
      ])
      expect(await history.records({ plugin: 'one', kind: 'a' })).to.deep.equal([all[2]])
      expect(await history.records({ limit: 1 })).to.deep.equal([all[0]])
      expect(await history.records({ until: all[2]?.at ?? 0 })).to.deep.equal([])
      expect(await history.records({ since: (all[0]?.at ?? 0) + 1 })).to.deep.equal([])
    })
  })
}

function kind({ undelivered }: Entry): string {
  return undelivered?.outcome ?? ''
}
