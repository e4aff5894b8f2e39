import { expect } from 'chai'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import { entry, full, FULL } from '../../harness/plugin.ts'
import { answered, type Settings, type Shared, shared, until } from './histories.ts'

/** What every engine whose store others reach does when a plugin is paused and resumed. */
export function describePauses(engine: string, settings: Settings): void {
  describe(`a plugin of the engine ${engine} that is paused`, () => {
    let serve: Shared['serve']
    let open: Shared['open']
    let seen: string[]
    let all: Promise<void>
    const plugins = (): PluginInput[] => [
      entry('one', { [FULL]: async ({ body, attempt }) => note(`${body.EventTime}.${attempt}`) }),
      entry('two', { [FULL]: async () => undefined }),
    ]
    let note: (call: string) => void
    beforeEach(async () => {
      ;({ serve, open } = await shared(settings))
      seen = []
      all = new Promise((resolve) => {
        note = (call) => void (seen.push(call) === 3 && resolve())
      })
    })
    const post = async ({ post, bus }: Awaited<ReturnType<Shared['serve']>>): Promise<void> => {
      for (let n = 1; n <= 3; n++) {
        const done = bus.next('handler:done', ({ plugin }) => plugin === 'two')
        await post(FULL, full({ GroupId: 'a', EventTime: n }))
        await done
      }
    }

    it('gets nothing until it is resumed, over a restart too, and then all of it in order', async () => {
      const first = await serve(plugins())
      const history = await open()
      const held = first.bus.next('plugin:held')
      const pause = { kind: 'pause', refs: ['one'], reason: 'maintenance' } as const
      expect(await answered(history, { ...pause, refs: ['one', 'three'] })).to.include({ count: 1, foreign: 1 })
      expect(await held).to.deep.include({ plugin: 'one', reason: 'maintenance' })
      expect(await answered(history, pause)).to.include({ count: 0, waiting: 1 })
      expect(await history.holds()).to.deep.equal({ one: { reason: 'maintenance' } })
      await post(first)
      await first.server.stop({ drainMs: 0, graceMs: 0 })

      const second = await serve(plugins())
      const { plugins: stats } = await second.server.running.stats()
      expect(stats[0]).to.deep.include({ plugin: 'one', backlog: 3, held: { reason: 'maintenance' } })
      expect(seen).to.deep.equal([])
      const resumed = second.bus.next('plugin:resumed')
      expect(await answered(history, { kind: 'resume', refs: ['one'] })).to.include({ count: 1 })
      await resumed
      await all
      expect(seen).to.deep.equal(['1.1', '2.1', '3.1'])
      expect(await answered(history, { kind: 'resume', refs: ['one'] })).to.include({ waiting: 1 })
      expect(await history.holds()).to.deep.equal({})
    })

    it('gets nothing of what waits where that was asked for while no server ran', async () => {
      const hang = entry('one', { [FULL]: () => new Promise<void>(() => undefined) })
      const first = await serve([hang])
      await first.post(FULL, full({ EventTime: 1 }))
      await first.server.stop({ drainMs: 0, graceMs: 0 })
      const history = await open()
      const endsAt = Date.now() + 3_600_000
      await history.request({ kind: 'pause', refs: ['one'], reason: 'too much', until: endsAt })
      const second = await serve(plugins())
      await second.post(FULL, full({ EventTime: 2 }))
      // An engine with several processes counts when its leases are there.
      const { plugins: stats } = await until(
        () => second.server.running.stats(),
        ({ plugins: counted }) => counted[0]?.backlog === 2,
      )
      expect(stats[0]).to.deep.include({ plugin: 'one', backlog: 2, held: { reason: 'too much', until: endsAt } })
      expect(seen).to.deep.equal([])
    })

    it('goes on by itself when its time is over', async () => {
      const first = await serve(plugins())
      const history = await open()
      await post(first)
      await all
      const events = [first.bus.next('plugin:held'), first.bus.next('plugin:resumed')]
      await answered(history, { kind: 'pause', refs: ['one'], reason: 'a moment', until: Date.now() + 700 })
      await Promise.all(events)
      const done = first.bus.next('handler:done', ({ plugin }) => plugin === 'one')
      await first.post(FULL, full({ GroupId: 'a', EventTime: 4 }))
      await done
    })
  })
}
