import { expect } from 'chai'
import type { History } from '../../../core/delivery/history.ts'
import type { Bus } from '../../../core/observe/bus.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import type { Handle } from '../engines/sqlite/run-sqlite.ts'
import { until } from './histories.ts'

interface Run {
  readonly bus: Bus
  readonly accept: (n: number, group?: string) => Promise<void>
  readonly stop: () => Promise<unknown>
}

interface Place {
  readonly run: (
    handlers: Record<string, Handle>,
    more: { readonly keepRemoved?: number; readonly disabled?: readonly string[] },
  ) => Promise<Run>
  readonly open: () => Promise<History>
}

const COUNT = 5
const LONG_MS = 86_400_000
const forever = (): Promise<void> => new Promise(() => undefined)

/** What becomes of the backlog of a plugin that no process has any more, on engines for several processes. */
export function describeRemoved(engine: string, place: () => Promise<Place>): void {
  describe(`the backlog of a removed plugin, on the engine ${engine}`, () => {
    it('becomes dead letters after keepRemoved, and stays as long as the plugin is disabled', async () => {
      const { run, open } = await place()
      const first = await run({ gone: forever, off: forever }, {})
      for (let n = 0; n < COUNT; n++) await first.accept(n)
      await first.stop()
      const history = await open()
      stopAfterTest(() => history.close())
      const both = [
        { plugin: 'gone', count: COUNT },
        { plugin: 'off', count: COUNT },
      ]
      const patient = await run({ one: () => undefined }, { keepRemoved: LONG_MS, disabled: ['off'] })
      await patient.accept(COUNT)
      expect(await history.backlogs()).to.deep.include.members(both)
      await patient.stop()
      const second = await run({ one: () => undefined }, { keepRemoved: 50, disabled: ['off'] })
      const { plugin, count } = await second.bus.next('backlog:dead')
      expect({ plugin, count }).to.deep.equal({ plugin: 'gone', count: COUNT })
      expect(await history.deadLetterCounts()).to.deep.equal([
        { plugin: 'gone', error: 'plugin gone is no longer in the config', count: COUNT },
      ])
      const left = await until(
        () => history.backlogs(),
        (all) => !all.some((one) => one.plugin === 'gone' || one.plugin === 'one'),
      )
      expect(left).to.deep.equal([{ plugin: 'off', count: COUNT }])
      await second.stop()
      const third = await run({ one: () => undefined }, { keepRemoved: 50 })
      expect(await third.bus.next('backlog:dead')).to.include({ plugin: 'off', count: COUNT })
    })
  })
}
