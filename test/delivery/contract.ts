import { expect } from 'chai'
import type { DeliveryInput } from '../../config/sections/delivery.ts'
import type { ConfigInput } from '../../config/schema.ts'
import { TimhookError } from '../../core/errors.ts'
import { deferred, entry, full, FULL } from '../harness/plugin.ts'
import { describeBodies } from './bodies-contract.ts'
import { counted } from './counted.ts'
import { heard, serve as serveWith, type TestServer } from '../harness/server.ts'

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
        const failed = heard(bus, 'handler:failed')
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
        for (const Text of ['first private words', 'second private words']) {
          const dead = bus.next('callback:dead')
          await post('Other.CallbackAfterX', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] })
          await dead
        }
        const log = lines.join('')
        expect(log).to.contain('cannot handle … at all')
        expect(log).not.to.match(/private|words/)
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

    describe('resends', () => {
      it('are acknowledged and counted, and not delivered again', async () => {
        let calls = 0
        const { post, bus } = await serve({ plugins: [entry('counts', { [FULL]: async () => void calls++ })] })
        const resent = heard(bus, 'callback:resent')
        const done = bus.next('handler:done')
        const body = { GroupId: '@TGS#1', EventTime: 5, CallbackCommand: FULL }
        for (let n = 0; n < 50; n++) expect((await post(FULL, body)).status).to.equal(200)
        await done
        expect(calls).to.equal(1)
        expect(resent.map(({ resends }) => resends)).to.deep.equal(Array.from({ length: 49 }, (_, n) => n + 1))
      })

      it('are recognised in any order of keys, and only within app, command and body', async () => {
        let calls = 0
        const { post, bus } = await serve({ plugins: [entry('counts', { '*': async () => void calls++ })] })
        const five = counted(bus, 5)
        await post(FULL, '{"GroupId":"a","EventTime":1}')
        await post(FULL, '{ "EventTime":1, "GroupId":"a"}')
        await post(FULL, '{"GroupId":"b","EventTime":1}')
        await post('Group.CallbackAfterOther', '{"GroupId":"a","EventTime":1}')
        await post(FULL, '{"GroupId":"a","EventTime":1,"big":9007199254740993}')
        await post(FULL, '{"GroupId":"a","EventTime":1,"big":9007199254740992}')
        await five
        expect(calls).to.equal(5)
      })

      it('of a body that tells nothing apart are delivered, and marked', async () => {
        const marks: boolean[] = []
        const { post, bus } = await serve({
          plugins: [entry('marks', { [FULL]: async ({ maybeResend }) => void marks.push(maybeResend) })],
        })
        const both = counted(bus, 2)
        await post(FULL, { GroupId: 'a' })
        await post(FULL, { GroupId: 'a' })
        await both
        expect(marks).to.deep.equal([false, true])
      })

      const alike = { GroupId: 'a', MsgSeq: null, EventTime: { at: 1 } }

      it('of a body without a time of a fitting type are told by the RequestID of the URL, in any case', async () => {
        const got: unknown[] = []
        const { post, bus } = await serve({
          plugins: [
            entry('marks', { '*': async ({ query, maybeResend }) => void got.push([query['RequestID'], maybeResend]) }),
          ],
        })
        const resent = counted(bus, 2, 'callback:resent')
        const done = counted(bus, 2)
        await post('X.Y', alike, { RequestID: 'one' })
        await post('X.Y', alike, { RequestID: 'two' })
        await post('X.Y', alike, { requestid: 'one' })
        await post('X.Y', alike, { RequestId: 'two' })
        await resent
        await done
        expect(got).to.have.deep.members([
          ['one', false],
          ['two', false],
        ])
      })

      it('are not told by a RequestID that has come with two bodies', async () => {
        const got: unknown[] = []
        const { post, bus, lines } = await serve({
          plugins: [entry('marks', { '*': async ({ body, maybeResend }) => void got.push([body, maybeResend]) })],
        })
        const distrusted = bus.next('request-id:distrusted')
        const done = counted(bus, 4)
        for (const body of [alike, {}, {}, {}]) await post('X.Y', body, { RequestID: 'same' })
        await done
        expect(await distrusted).to.include({ command: 'X.Y' })
        expect(got).to.have.deep.members([
          [alike, false],
          [{}, false],
          [{}, true],
          [{}, true],
        ])
        expect(lines.filter((line) => line.includes('RequestID'))).to.have.length(1)
      })

      it('are new callbacks once the window is over', async () => {
        let calls = 0
        const { post, bus } = await serve({
          delivery: { resendWindow: 1 },
          plugins: [entry('counts', { [FULL]: async () => void calls++ })],
        })
        const both = counted(bus, 2)
        await post(FULL, { GroupId: 'a', EventTime: 1 })
        await new Promise((resolve) => setTimeout(resolve, 5))
        await post(FULL, { GroupId: 'a', EventTime: 1 })
        await both
        expect(calls).to.equal(2)
      })
    })
  })
}
