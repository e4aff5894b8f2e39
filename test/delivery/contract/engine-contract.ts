import { expect } from 'chai'
import type { DeliveryInput } from '../../../config/sections/delivery.ts'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { TimhookError } from '../../../core/errors.ts'
import { deferred, entry, full, FULL } from '../../harness/plugin.ts'
import { describeBodies } from './bodies-contract.ts'
import { counted } from './counted.ts'
import { describeResends } from './resends-contract.ts'
import { eventsOf, serve as serveWith, type TestServer } from '../../harness/server.ts'

const AFTER_SEND = 'Unknown.CallbackAfterSomething'

/** What every engine does: acknowledge what is kept, and bring each plugin its callbacks. */
export function describeDelivery(engine: string, settings: () => Promise<DeliveryInput>): void {
  const serve = async (config: Partial<ConfigInput> = {}): Promise<TestServer> =>
    serveWith({ ...config, delivery: { ...(await settings()), ...config.delivery } })

  describe(`the engine ${engine}`, () => {
    describeBodies(serve)

    describe('after-callbacks', () => {
      it('are acknowledged first and handled then, each plugin on its own', async () => {
        const order: string[] = []
        const { post, bus } = await serve({
          plugins: [
            entry('one', { [FULL]: async () => void order.push('one') }),
            entry('two', { '*': async () => void order.push('two') }),
          ],
        })
        const done = counted(bus, 2)
        bus.on('callback:answered', () => void order.push('answered'))
        expect((await post(FULL, full())).text).to.equal('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')
        await done
        expect(order[0]).to.equal('answered')
        expect(order.slice(1)).to.have.members(['one', 'two'])
      })

      it('are answered at once while a handler hangs, or blocks the loop', async () => {
        const order: string[] = []
        const blocked = deferred()
        const { post, bus } = await serve({
          plugins: [
            entry('hangs', { [FULL]: () => new Promise<void>(() => undefined) }),
            entry('blocks', {
              [FULL]: async () => {
                const end = performance.now() + 50
                while (performance.now() < end);
                order.push('blocked')
                blocked.resolve()
              },
            }),
          ],
        })
        bus.on('callback:answered', () => void order.push('answered'))
        expect((await post(FULL, full())).status).to.equal(200)
        await blocked.promise
        expect(order).to.deep.equal(['answered', 'blocked'])
      })

      it('bring handlers their context', async () => {
        const got = deferred<Record<string, unknown>>()
        const { post } = await serve({
          plugins: [
            entry('sees', {
              [FULL]: async (context) => {
                const { command, body, query, app, signed, attempt, resends, maybeResend, phase, faults } = context
                const named = { command, body, query: { ...query }, app, signed, attempt }
                got.resolve({ ...named, resends, maybeResend, phase, faults })
              },
            }),
          ],
        })
        await post(FULL, { GroupId: '@TGS#1', EventTime: '1670574414123', New: null }, { ClientIP: '1.2.3.4' })
        expect(await got.promise).to.deep.equal({
          command: FULL,
          phase: 'after',
          body: { GroupId: '@TGS#1', EventTime: 1670574414123, New: null },
          query: { SdkAppid: '1400000001', CallbackCommand: FULL, ClientIP: '1.2.3.4' },
          app: { sdkAppId: 1400000001 },
          signed: false,
          attempt: 1,
          resends: 0,
          maybeResend: false,
          faults: [],
        })
      })

      it('of unknown commands reach wildcard handlers', async () => {
        const done = deferred<unknown>()
        const { post } = await serve({ plugins: [entry('all', { '*': async ({ body }) => done.resolve(body) })] })
        expect((await post(AFTER_SEND, { anything: [1] })).status).to.equal(200)
        expect(await done.promise).to.deep.equal({ anything: [1] })
      })
    })

    describe('a handler that fails', () => {
      const retry = { attempts: 3, minMs: 1, maxMs: 5 }

      it('is tried again until it succeeds, with the same id', async () => {
        const tries: [number, string][] = []
        const { post, bus } = await serve({
          plugins: [
            entry(
              'flaky',
              {
                [FULL]: async ({ attempt, id }) => {
                  tries.push([attempt, id])
                  if (attempt < 3) throw new Error('not yet')
                },
              },
              { retry },
            ),
          ],
        })
        const done = bus.next('handler:done')
        await post(FULL, full())
        expect(await done).to.include({ attempt: 3, plugin: 'flaky' })
        expect(tries.map(([attempt]) => attempt)).to.deep.equal([1, 2, 3])
        expect(new Set(tries.map(([, id]) => id)).size).to.equal(1)
      })

      it('becomes a dead letter after the last attempt, and the others are not held up', async () => {
        const { post, bus } = await serve({
          plugins: [
            entry('broken', { [FULL]: async () => Promise.reject(new Error('always')) }, { retry }),
            entry('fine', { [FULL]: async () => undefined }),
          ],
        })
        const failed = eventsOf(bus, 'handler:failed')
        const dead = bus.next('callback:dead')
        await post(FULL, full())
        expect(await dead).to.include({ plugin: 'broken' })
        expect(failed.map(({ attempt, retryMs }) => [attempt, retryMs === undefined])).to.deep.equal([
          [1, false],
          [2, false],
          [3, true],
        ])
      })

      it('has failed at its timeoutMs; its signal fires', async () => {
        const aborted = deferred()
        const { post, bus } = await serve({
          plugins: [
            entry(
              'slow',
              {
                [FULL]: ({ signal }) =>
                  new Promise<void>((resolve) =>
                    signal.addEventListener('abort', () => {
                      aborted.resolve()
                      resolve()
                    }),
                  ),
              },
              { timeoutMs: 20, retry: { attempts: 1 } },
            ),
          ],
        })
        const failed = bus.next('handler:failed')
        await post(FULL, full())
        expect(await failed).to.include({ reason: 'timeout' })
        await aborted.promise
      })

      it('leaves no text of a message in the log', async () => {
        const { post, bus, lines } = await serve({
          plugins: [
            entry(
              'tells',
              {
                '*': async ({ body, raw }) => {
                  const [element] = (body as { MsgBody: { MsgContent: { Text: string } }[] }).MsgBody
                  if (raw.includes('first')) throw new Error(`cannot handle ${element?.MsgContent.Text} at all`)
                  JSON.parse(`{${element?.MsgContent.Text}`)
                },
              },
              { retry: { attempts: 1 } },
            ),
          ],
        })
        for (const Text of ['7Q-first-7Q', '7Q-second-7Q']) {
          const dead = bus.next('callback:dead')
          await post('Other.CallbackAfterX', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] })
          await dead
        }
        const log = lines.join('')
        expect(log).to.contain('cannot handle … at all')
        expect(log).not.to.contain('7Q-')
      })

      it('finds no REST client where the app has no settings for one', async () => {
        const caught = deferred<unknown>()
        const { post } = await serve({
          plugins: [
            entry('calls', {
              [FULL]: async ({ rest }) => {
                try {
                  await rest.call('group_open_http_svc', 'get_group_info')
                } catch (error) {
                  caught.resolve(error)
                }
              },
            }),
          ],
        })
        await post(FULL, full())
        const error = await caught.promise
        expect(error).to.be.instanceOf(TimhookError)
        expect(error).to.include({ code: 'REST_NOT_CONFIGURED' })
      })
    })

    describeResends(serve)
  })
}
