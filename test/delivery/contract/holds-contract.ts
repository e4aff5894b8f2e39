import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import type { PluginInput } from '../../../config/sections/plugins.ts'
import { GiveUp, RetryAfter } from '../../../core/plugin.ts'
import type { Bus } from '../../../core/observe/bus.ts'
import { BEFORE, entry, full, FULL, message } from '../../harness/plugin.ts'
import { eventsOf, serve as serveWith, type TestServer } from '../../harness/server.ts'
import { until } from './histories.ts'

const once = { attempts: 1 }

/** Resolves when so many handlers of a plugin are done. */
function finished(bus: Bus, plugin: string, count: number): Promise<void> {
  let seen = 0
  return new Promise((resolve) => {
    bus.on('handler:done', (event) => void (event.plugin === plugin && ++seen === count && resolve()))
  })
}

/** What every engine does when a handler asks for another time, gives up, or has its plugin wait. */
export function describeHolds(engine: string, settings: () => Promise<DeliveryInput>): void {
  const serve = async (plugins: PluginInput[]): Promise<TestServer> =>
    serveWith({ plugins, delivery: await settings() })

  describe(`a handler of the engine ${engine}`, () => {
    for (const ordered of [false, true]) {
      it(`that throws RetryAfter is called again then, and no attempt is counted, with ordered: ${ordered}`, async () => {
        const attempts: number[] = []
        const { post, bus } = await serve([
          entry(
            'asks',
            {
              [FULL]: async ({ attempt }) => {
                attempts.push(attempt)
                if (attempts.length < 4) throw new RetryAfter(5, 'busy')
              },
            },
            { retry: once, ordered },
          ),
        ])
        const put = eventsOf(bus, 'handler:failed')
        const done = bus.next('handler:done')
        await post(FULL, full())
        expect(await done).to.include({ attempt: 1 })
        expect(attempts).to.deep.equal([1, 1, 1, 1])
        expect(put.map(({ retryMs, attempt, deferred }) => [retryMs, attempt, deferred])).to.deep.equal(
          Array.from({ length: 3 }, () => [5, 1, true]),
        )
      })
    }

    it('that throws GiveUp makes a dead letter at once', async () => {
      const { post, bus } = await serve([
        entry('gives', { [FULL]: () => Promise.reject(new GiveUp('410 Gone')) }, { retry: { attempts: 9 } }),
      ])
      const failed = eventsOf(bus, 'handler:failed')
      const dead = bus.next('callback:dead')
      await post(FULL, full())
      expect((await dead).error).to.contain('410 Gone')
      expect(failed.map(({ retryMs }) => retryMs)).to.deep.equal([undefined])
    })

    it('that has its plugin wait has all of it wait, in order, without an attempt; others go on', async () => {
      let isDown = true
      const seen: string[] = []
      const calls: string[] = []
      const { post, bus, server } = await serve([
        entry(
          'down',
          {
            [FULL]: async ({ body, attempt }) => {
              calls.push(`${body.EventTime}.${attempt}`)
              if (isDown) throw new RetryAfter(50, 'it is down', { plugin: true })
              seen.push(`${body.EventTime}.${attempt}`)
            },
            [BEFORE]: ({ reject }) => reject(10100),
          },
          { retry: once, concurrency: 1 },
        ),
        entry('up', { [FULL]: async () => undefined }),
      ])
      const held = bus.next('plugin:held')
      const others = finished(bus, 'up', 4)
      for (let n = 1; n <= 4; n++) await post(FULL, full({ GroupId: n % 2 === 0 ? 'a' : 'b', EventTime: n }))
      expect(await held).to.deep.include({ plugin: 'down' })
      await others
      // A paused moderator must not open the gate.
      expect((await post(BEFORE, message())).json['ErrorCode']).to.equal(10100)
      const { plugins } = await until(
        () => server.running.stats(),
        (stats) => stats.plugins[0]?.held !== undefined,
      )
      // What is called while it is down is the first one alone, however often.
      expect(new Set(calls)).to.deep.equal(new Set(['1.1']))
      const [down] = plugins
      expect(down).to.include({ plugin: 'down', backlog: 4 })
      expect(down?.held?.reason).to.contain('it is down')
      expect(down?.oldestAt).to.be.within(Date.now() - 60_000, Date.now())
      expect(plugins[1]).to.deep.equal({ plugin: 'up', backlog: 0 })
      const all = finished(bus, 'down', 4)
      isDown = false
      await all
      expect(seen).to.deep.equal(['1.1', '2.1', '3.1', '4.1'])
    })

    it('that has its plugin wait for a time goes on by itself', async () => {
      let calls = 0
      const { post, bus } = await serve([
        entry('down', {
          [FULL]: async () => {
            if (++calls === 1) throw new RetryAfter(10, 'soon', { plugin: true })
          },
        }),
      ])
      const resumed = bus.next('plugin:resumed')
      const done = bus.next('handler:done')
      await post(FULL, full())
      await resumed
      expect(await done).to.include({ attempt: 1 })
    })
  })
}
