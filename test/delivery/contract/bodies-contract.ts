import { expect } from 'chai'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { deferred, entry, FULL } from '../../harness/plugin.ts'
import type { TestServer } from '../../harness/server.ts'
import { counted } from './counted.ts'

const COMMAND = 'Unknown.CallbackAfterSomething'

/** What handlers are given, whatever others do to theirs. */
export function describeBodies(serve: (config?: Partial<ConfigInput>) => Promise<TestServer>): void {
  describe('the body', () => {
    it('is a separate object for each plugin, and the text is as received', async () => {
      for (const depth of [1, 500]) {
        const seen: unknown[] = []
        const vandal = async ({ body, raw }: { body: object; raw: string }): Promise<void> => {
          seen.push([JSON.stringify(body), raw])
          const { list } = body as { list: unknown[] }
          list.length = 0
          Object.assign(body, { list: 'broken' })
        }
        const plugins = ['a', 'b', 'c'].map((name) => entry(name, { '*': vandal }))
        const { post, bus } = await serve({ plugins })
        const all = counted(bus, 3)
        const text = `{"list":${'['.repeat(depth)}1${']'.repeat(depth)}}`
        await post(COMMAND, ` ${text}`)
        await all
        expect(seen).to.deep.equal([1, 2, 3].map(() => [text, ` ${text}`]))
      }
    })

    it('is as it came in each attempt', async () => {
      const seen: string[] = []
      const spoils = async ({ body }: { body: object }): Promise<void> => {
        seen.push(JSON.stringify(body))
        Object.assign(body, { EventTime: 'broken' })
        if (seen.length < 3) throw new Error('again')
      }
      const retry = { attempts: 3, minMs: 1, maxMs: 1 }
      const { post, bus } = await serve({ plugins: [entry('spoils', { '*': spoils }, { retry })] })
      const done = bus.next('handler:done')
      const text = '{"EventTime":1}'
      await post(COMMAND, text)
      await done
      expect(seen).to.deep.equal([text, text, text])
    })
  })

  describe('after-callbacks that do not fit their definition', () => {
    it('of unknown commands are delivered when the body names another one, which is a fault', async () => {
      const done = deferred<readonly string[]>()
      const { post } = await serve({ plugins: [entry('all', { '*': async ({ faults }) => done.resolve(faults) })] })
      expect((await post(COMMAND, { CallbackCommand: 'X.Y' })).status).to.equal(200)
      expect(await done.promise).to.deep.equal([
        `CallbackCommand: expected "${COMMAND}" as in the URL, got another command`,
      ])
    })

    it('that lack what their type promises are stored, delivered to those who take them, and dead letters of others', async () => {
      const got = deferred<unknown>()
      const { post, bus } = await serve({
        plugins: [
          entry('typed', { [FULL]: () => got.resolve('typed') }),
          entry('takes', { [FULL]: { faulty: true, handle: ({ body, faults }) => got.resolve([body, faults]) } }),
        ],
      })
      const dead = bus.next('callback:dead')
      const { status } = await post(FULL, { GroupId: [7], EventTime: 5 })
      expect(status).to.equal(200)
      const fault = 'GroupId: expected string, got array'
      expect(await got.promise).to.deep.equal([{ EventTime: 5 }, [fault]])
      const error = `the body does not fit its definition: ${fault}`
      expect(await dead).to.include({ command: FULL, plugin: 'typed', error })
    })

    it('that lack required fields have no order, and wait for no other', async () => {
      const release = deferred()
      const passed = deferred()
      const { post } = await serve({
        plugins: [
          entry('all', {
            '*': async ({ faults }) => {
              if (faults.length === 0) await release.promise
              else passed.resolve()
            },
          }),
        ],
      })
      const body = { GroupId: 'g', MsgBody: [] }
      await post('Group.CallbackAfterSendMsg', body)
      await post('Group.CallbackAfterSendMsg', { ...body, MsgBody: 'x' })
      await passed.promise
      release.resolve()
    })
  })
}
