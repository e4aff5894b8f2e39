import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { deferred, entry, full, FULL } from '../../harness/plugin.ts'
import { serve as serveWith, type TestServer } from '../../harness/server.ts'
import { counted } from './counted.ts'

/** The order in which every engine brings callbacks. */
export function describeOrder(engine: string, settings: () => Promise<DeliveryInput>): void {
  const serve = async (config: Partial<ConfigInput> = {}): Promise<TestServer> =>
    serveWith({ ...config, delivery: { ...(await settings()), ...config.delivery } })

  describe(`the engine ${engine}`, () => {
    describe('the order of deliveries', () => {
      it('is that of receipt within a group, and free between groups', async () => {
        const gates = new Map<number, () => void>()
        const started: number[] = []
        const allStarted = deferred()
        const threeStarted = deferred()
        const { post, bus } = await serve({
          plugins: [
            entry('slow', {
              [FULL]: ({ body }) =>
                new Promise<void>((resolve) => {
                  started.push(body.EventTime ?? 0)
                  gates.set(body.EventTime ?? 0, resolve)
                  if (started.length === 2) allStarted.resolve()
                  if (started.length === 3) threeStarted.resolve()
                }),
            }),
          ],
        })
        await post(FULL, { GroupId: 'a', EventTime: 1 })
        await post(FULL, { GroupId: 'a', EventTime: 2 })
        await post(FULL, { GroupId: 'b', EventTime: 3 })
        await allStarted.promise
        expect(started).to.deep.equal([1, 3])
        const done = bus.next('handler:done')
        gates.get(1)?.()
        await done
        await threeStarted.promise
        expect(started).to.deep.equal([1, 3, 2])
        for (const open of gates.values()) open()
      })

      it('runs no more handlers at once than `concurrency`', async () => {
        let now = 0
        let most = 0
        const threeRun = deferred()
        const release = deferred()
        const { post, bus } = await serve({
          plugins: [
            entry(
              'busy',
              {
                [FULL]: async () => {
                  most = Math.max(most, ++now)
                  if (now === 3) threeRun.resolve()
                  await release.promise
                  now--
                },
              },
              { concurrency: 3 },
            ),
          ],
        })
        const all = counted(bus, 20)
        await Promise.all(Array.from({ length: 20 }, (_, n) => post(FULL, full({ GroupId: `g${n}` }))))
        // All of them wait by now, and the first three are held: a fourth would have started.
        await threeRun.promise
        await new Promise(setImmediate)
        expect(most).to.equal(3)
        release.resolve()
        await all
        expect(most).to.equal(3)
      })

      for (const ordered of [false, true]) {
        it(`${ordered ? 'is held up' : 'is not held up'} by a retry with ordered: ${ordered}`, async () => {
          const seen: string[] = []
          const bothPosted = deferred()
          // Where it holds nothing up, it is so far off that the other comes before it on a busy machine too.
          const ms = ordered ? 30 : 1e9
          const { post, bus } = await serve({
            plugins: [
              entry(
                'flaky',
                {
                  [FULL]: async ({ body, attempt }) => {
                    seen.push(`${body.EventTime}.${attempt}`)
                    if (body.EventTime !== 1 || attempt > 1) return
                    await bothPosted.promise
                    throw new Error('once')
                  },
                },
                { ordered, retry: { attempts: 2, minMs: ms, maxMs: ms } },
              ),
            ],
          })
          const done = counted(bus, ordered ? 2 : 1)
          await post(FULL, { GroupId: 'a', EventTime: 1 })
          await post(FULL, { GroupId: 'a', EventTime: 2 })
          bothPosted.resolve()
          await done
          expect(seen).to.deep.equal(ordered ? ['1.1', '1.2', '2.1'] : ['1.1', '2.1'])
        })
      }

      it('waits for a handler that went on after its timeout, at most as long again', async () => {
        const settle = deferred()
        const seen: number[] = []
        const { post, bus } = await serve({
          plugins: [
            entry(
              'late',
              {
                [FULL]: async ({ body }) => {
                  seen.push(body.EventTime ?? 0)
                  if (body.EventTime === 1) await settle.promise
                },
              },
              // Long enough for both to have come before it is over.
              { timeoutMs: 500, retry: { attempts: 1 } },
            ),
          ],
        })
        const overlap = bus.next('handler:overlap')
        const failed = bus.next('handler:failed').then(() => [...seen])
        const done = bus.next('handler:done')
        await post(FULL, { GroupId: 'a', EventTime: 1 })
        await post(FULL, { GroupId: 'a', EventTime: 2 })
        expect(await failed).to.deep.equal([1])
        await overlap
        await done
        expect(seen).to.deep.equal([1, 2])
        settle.resolve()
      })
    })
  })
}
