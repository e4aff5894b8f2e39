import { expect } from 'chai'
import { definePlugin, onUnknown, Type } from '../../core/plugin.ts'
import { testPlugin } from '../../core/testing.ts'
import { errorOf } from '../testing/plugin.ts'

const SEND = 'Group.CallbackBeforeSendMsg'
const JOIN = 'Group.CallbackAfterNewMemberJoin'
const Options = Type.Object({ ms: Type.Integer(), mode: Type.Optional(Type.String()) })

describe('settings of a handler that are functions of the options', () => {
  it('are those of the options that the plugin runs with', async () => {
    let running = 0
    let most = 0
    const plugin = definePlugin({
      name: 'slow',
      options: Options,
      handlers: {
        [SEND]: {
          timeoutMs: ({ ms }) => ms,
          onFailure: ({ mode }) => (mode === 'hard' ? { outcome: 'reject', code: 10150, info: 'busy' } : 'allow'),
          handle: () => new Promise(() => undefined),
        },
        [JOIN]: {
          concurrency: ({ ms }) => ms,
          handle: async () => {
            most = Math.max(most, ++running)
            await new Promise(setImmediate)
            running--
          },
        },
      },
    })
    for (const [options, code] of [
      [{ ms: 5 }, 0],
      [{ ms: 2, mode: 'hard' }, 10150],
    ] as const) {
      await using t = await testPlugin(plugin, { options })
      const late = t.before(SEND, {}, { expectFailure: true })
      await t.clock.advance(options.ms)
      expect(await late).to.include({ failed: true, code })
      most = 0
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((GroupId) => t.after(JOIN, { GroupId })))
      expect(most).to.equal(options.ms)
    }
  })

  it('are refused where they give something else, or throw; and not asked with faulty options', async () => {
    const timeoutMs = ({ ms }: { ms: number }): number => {
      if (ms === 0) throw new Error('no time')
      return -ms
    }
    const plugin = { name: 'p', options: Options, handlers: { [SEND]: { timeoutMs, handle: () => undefined } } }
    const told = async (options: object): Promise<string> => (await errorOf(testPlugin(plugin, { options }))).message
    expect(await told({ ms: 3 })).to.contain(
      `plugin p: handlers["${SEND}"]: timeoutMs: expected a whole number above 0`,
    )
    expect(await told({ ms: 0 })).to.contain('timeoutMs: the function of the options threw: no time')
    expect(await told({}))
      .to.contain('plugins[0].options')
      .and.not.contain('handlers')
  })
})

describe('onUnknown', () => {
  it('handles a command that is not known, by its exact name', async () => {
    const seen: unknown[] = []
    const plugin = definePlugin({
      name: 'new',
      handlers: { ...onUnknown('Group.CallbackAfterSomethingNew', ({ body }) => void seen.push(body['Field'])) },
    })
    await using t = await testPlugin(plugin)
    await t.after('Group.CallbackAfterSomethingNew', { Field: 1 })
    expect(seen).to.deep.equal([1])
  })
})
