import { expect } from 'chai'
import { entry, full, FULL } from '../../harness/plugin.ts'
import { UNSIGNED_APP } from '../../harness/server.ts'
import { counted } from './counted.ts'
import { answered, type Settings, type Shared, shared, until } from './histories.ts'

const CREATED = 'Group.CallbackAfterCreateGroup'
const once = { attempts: 1 }

/** What every engine does for another process that asks for it. */
export function describeRequests(engine: string, settings: Settings): void {
  describe(`admin requests to the engine ${engine}`, () => {
    let serve: Shared['serve']
    let open: Shared['open']
    beforeEach(async () => {
      ;({ serve, open } = await shared(settings))
    })

    it('retry and drop dead letters', async () => {
      let broken = true
      const handle = async (): Promise<void> => {
        if (broken) throw new Error('broken')
      }
      const { post, bus } = await serve([entry('one', { [FULL]: handle, [CREATED]: handle }, { retry: once })])
      await post(FULL, full())
      await post(CREATED, { GroupId: 'x' })
      const history = await open()
      const letters = await until(
        () => history.deadLetters(),
        ({ length }) => length === 2,
      )
      expect(letters.find(({ callback }) => callback.command === FULL)).to.deep.include({ plugin: 'one', attempts: 1 })
      expect(letters[0]?.error).to.contain('broken')
      expect(await history.deadLetters({ limit: 1 })).to.deep.equal([letters[0]])
      expect(await history.deadLetters({ before: letters[0]?.ref ?? '' })).to.deep.equal([letters[1]])
      expect(await history.deadLetters({ refs: [letters[1]?.ref ?? ''] })).to.deep.equal([letters[1]])
      expect(await history.deadLetters({ plugin: 'two' })).to.deep.equal([])
      expect(await history.deadLetters({ command: 'Group.*' })).to.deep.equal(letters)
      expect(await history.deadLetters({ command: '*', plugin: 'one' })).to.deep.equal(letters)
      expect(await history.deadLetters({ command: 'Call.*' })).to.deep.equal([])
      const [of] = await history.deadLetters({ plugin: 'one', command: FULL })
      broken = false
      const retried = bus.next('handler:done')
      expect(await answered(history, { kind: 'retry', refs: [of?.ref ?? '', of?.ref ?? ''] })).to.include({
        count: 1,
        gone: 1,
      })
      expect(await retried).to.include({ command: FULL, attempt: 1 })
      const left = await history.deadLetters()
      expect(left.map(({ callback }) => callback.command)).to.deep.equal([CREATED])
      expect(await answered(history, { kind: 'drop', refs: [left[0]?.ref ?? ''] })).to.include({ count: 1 })
      expect(await history.deadLetters()).to.deep.equal([])
    })

    it('replay callbacks of a group, in the order of receipt', async () => {
      const seen: string[] = []
      const { post, bus } = await serve([
        entry('one', { [FULL]: async ({ body, attempt }) => void seen.push(`${body.EventTime} ${attempt}`) }),
        entry('two', { [FULL]: () => new Promise<void>(() => undefined) }),
      ])
      const done = counted(bus, 3)
      for (const EventTime of [1, 2, 3]) await post(FULL, full({ EventTime }))
      await done
      const history = await open()
      const { entries } = await until(
        () => history.forward({ plugin: 'one', outcome: 'done' }),
        (page) => page.entries.length === 3,
      )
      const refs = entries.map(({ ref }) => ref)
      const again = counted(bus, 3)
      const counts = await answered(history, { kind: 'replay', plugin: 'one', refs: [...refs, '987654321'] })
      const outcomes = ['count', 'count', 'count', 'gone']
      expect(counts).to.deep.equal({ count: 3, waiting: 0, gone: 1, foreign: 0, outcomes })
      await again
      expect(seen).to.deep.equal(['1 1', '2 1', '3 1', '1 1', '2 1', '3 1'])
      expect(await answered(history, { kind: 'replay', plugin: 'two', refs })).to.include({ count: 0, waiting: 3 })
      expect(await answered(history, { kind: 'replay', plugin: 'no', refs })).to.include({ count: 0, foreign: 3 })
    })

    it('deliver a refused callback to one plugin, and retry it and its dead letter', async () => {
      const seen: unknown[] = []
      let broken = true
      const handle = async ({ body, id, attempt }: { body: object; id: string; attempt: number }): Promise<void> => {
        seen.push([body, id, attempt])
        if (broken) throw new Error('broken')
      }
      const { bus, request } = await serve([
        entry('one', { [FULL]: handle }, { retry: { attempts: 2, minMs: 1, maxMs: 1 } }),
        entry('two', { [FULL]: async () => void seen.push('two') }),
      ])
      const body = { CallbackCommand: FULL, GroupId: '@TGS#1', EventTime: 1670574414123 }
      await request(`?SdkAppid=${UNSIGNED_APP}`, { method: 'POST', body: JSON.stringify(body) })
      await request(`?SdkAppid=${UNSIGNED_APP}`, { method: 'POST', body: '{"Event":"start_call"}' })
      const history = await open()
      const { entries } = await until(
        () => history.forward({ outcome: 'refused' }),
        (page) => page.entries.length === 2,
      )
      const [first] = entries
      const { ref, id } = first ?? { ref: '', id: '' }
      const dead = bus.next('callback:dead')
      const replay = { kind: 'replay', plugin: 'one', refs: [ref] } as const
      expect(await answered(history, replay)).to.include({ count: 1, waiting: 0, gone: 0, foreign: 0 })
      expect((await dead).id).to.equal(id)
      const letters = await until(
        () => history.deadLetters(),
        ({ length }) => length === 1,
      )
      broken = false
      const retried = bus.next('handler:done')
      await answered(history, { kind: 'retry', refs: [letters[0]?.ref ?? ''] })
      await retried
      const again = bus.next('handler:done')
      await until(
        () => answered(history, replay),
        (counts) => counts?.count === 1,
      )
      await again
      expect(seen).to.deep.equal([1, 2, 1, 1].map((attempt) => [body, id, attempt]))
      expect(await answered(history, { ...replay, plugin: 'none' })).to.include({ count: 0, foreign: 1 })
    })

    it('deliver to a plugin what it had not subscribed to, if it has a handler', async () => {
      const { post, server } = await serve([])
      await post(FULL, full())
      await post(CREATED, { GroupId: 'x' })
      await server.stop()
      const { bus } = await serve([entry('new', { [FULL]: async () => undefined })])
      const history = await open()
      const { entries } = await history.forward({})
      const both = Promise.all([bus.next('handler:done'), bus.next('callback:dead')])
      await history.request({ kind: 'replay', plugin: 'new', refs: entries.map(({ ref }) => ref) })
      const [done, dead] = await both
      expect([done.command, dead.command]).to.deep.equal([FULL, CREATED])
      expect(dead.error).to.contain('no longer has a handler')
    })

    it('replay a dead letter, which then is no longer one', async () => {
      let broken = true
      const handle = async (): Promise<void> => {
        if (broken) throw new Error('broken')
      }
      const { post, bus } = await serve([entry('one', { [FULL]: handle }, { retry: once })])
      await post(FULL, full())
      const history = await open()
      const [letter] = await until(
        () => history.deadLetters(),
        ({ length }) => length === 1,
      )
      broken = false
      const done = bus.next('handler:done')
      await history.request({ kind: 'replay', plugin: 'one', refs: [letter?.callback.ref ?? ''] })
      await done
      expect(await history.deadLetters()).to.deep.equal([])
    })

    it('are stored for the next start if no server runs', async () => {
      const { post, bus, server } = await serve([entry('one', { [FULL]: async () => undefined })])
      const done = counted(bus, 2)
      await post(FULL, full({ GroupId: 'a', EventTime: 1 }))
      await post(FULL, full({ GroupId: 'a', EventTime: 2 }))
      await done
      const history = await open()
      expect(await history.isServed()).to.equal(true)
      await server.stop()
      expect(await history.isServed()).to.equal(false)
      const refs = (await history.forward({})).entries.map(({ ref }) => ref)
      const request = await history.request({ kind: 'replay', plugin: 'one', refs })
      expect(await history.result(request)).to.equal(undefined)
      const seen: unknown[] = []
      await serve([entry('one', { [FULL]: async ({ body }) => void seen.push(body.EventTime) })])
      await until(
        async () => seen.length,
        (length) => length === 2,
      )
      expect(seen).to.deep.equal([1, 2])
      const outcomes = ['count', 'count']
      expect(await history.result(request)).to.deep.equal({ count: 2, waiting: 0, gone: 0, foreign: 0, outcomes })
    })

    it('leave a dead letter of a missing plugin, unless it is dropped', async () => {
      const broken = entry('old', { [FULL]: async () => Promise.reject(new Error('broken')) }, { retry: once })
      const { post, bus, server } = await serve([broken])
      const dead = bus.next('callback:dead')
      await post(FULL, full())
      await dead
      await server.stop()
      await serve([])
      const history = await open()
      const [letter] = await history.deadLetters()
      const refs = [letter?.ref ?? '']
      expect(await answered(history, { kind: 'retry', refs })).to.include({ count: 0, foreign: 1 })
      expect(await history.deadLetters()).to.have.length(1)
      expect(await answered(history, { kind: 'drop', refs })).to.include({ count: 1 })
    })
  })
}
