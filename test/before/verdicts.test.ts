import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import type { BeforeDefinition } from '../../core/protocol/define.ts'
import type { Plugin } from '../../core/plugin.ts'
import { entry } from '../harness/plugin.ts'
import { eventsOf, serve } from '../harness/server.ts'

const befores = [...commands.values()].filter((one): one is BeforeDefinition => one.phase === 'before')

/** A context whose makers take anything, as JavaScript authors have it. */
interface Loose {
  allow: (fields?: object) => unknown
  reject: (code?: number, info?: string) => unknown
  drop: () => unknown
}

function handlers(command: string, handle: (context: Loose) => unknown): Plugin['handlers'] {
  return { [command]: handle }
}

/** What a chain of plugins, each with one handler, answers to the sample of a callback. */
async function answer(command: string, ...chain: ((context: Loose) => unknown)[]): Promise<Record<string, unknown>> {
  const plugins = chain.map((handle, n) => entry(`p${n}`, handlers(command, handle)))
  const { post } = await serve({ plugins })
  const { status, json } = await post(command, commands.get(command)?.sample)
  expect(status).to.equal(200)
  return json
}

describe('verdicts of every before-callback', () => {
  for (const definition of befores) {
    const { command, codes, perTarget } = definition
    const targets = perTarget && (definition.sample as Record<string, { To_Account: string }[]>)[perTarget.list]
    const decided = (ResultCode: number, ResultInfo: string): object[] | undefined =>
      targets?.map(({ To_Account }) => ({ To_Account, ResultCode, ResultInfo }))

    it(`${command}: rejects with every end of its ranges, and with the default code outside of them`, async () => {
      const tried = codes.ranges.flatMap(([from, to]) => [from - 1, from, to, to + 1])
      for (const code of tried) {
        const within = codes.ranges.some(([from, to]) => code >= from && code <= to)
        const json = await answer(command, ({ reject }) => reject(code, 'why'))
        const sent = within ? code : codes.default
        expect(json, `${code}`).to.deep.include(
          perTarget ? { ErrorCode: 0, ResultItem: decided(sent, 'why') } : { ErrorCode: sent, ErrorInfo: 'why' },
        )
      }
    })

    it(`${command}: ${definition.drop ? 'drops with 2' : 'is refused where it cannot be dropped'}`, async () => {
      const json = await answer(command, ({ drop }) => drop())
      const refusal = perTarget
        ? { ErrorCode: 0, ResultItem: decided(codes.default, '') }
        : { ErrorCode: definition.drop ? 2 : codes.default }
      expect(json).to.deep.include(refusal)
    })

    it(`${command}: allows, naming every target where targets are decided one by one`, async () => {
      const expected = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }
      expect(await answer(command, () => undefined)).to.deep.equal(
        perTarget ? { ...expected, ResultItem: decided(0, '') } : expected,
      )
    })
  }

  it('a handler that fails is resolved as Tencent would: only a gift is refused', async () => {
    for (const { command } of befores) {
      const failing = (): never => {
        throw new Error('boom')
      }
      const refused = command === 'Live.CallbackBeforeSendGift'
      expect(await answer(command, failing), command).to.include({ ErrorCode: refused ? 1 : 0 })
    }
  })
})

describe('verdicts of several plugins', () => {
  const INVITE = 'Group.CallbackBeforeInviteJoinGroup'
  const FRIEND = 'Sns.CallbackPrevFriendAdd'

  it('unite the members that are refused, who stay in the body', async () => {
    const seen: unknown[] = []
    const json = await answer(
      INVITE,
      ({ allow }) => allow({ RefusedMembers_Account: ['jared', 'tom'] }),
      (context) => {
        seen.push((context as unknown as { body: object }).body)
        return context.allow({ RefusedMembers_Account: ['tom', 'ann'] })
      },
    )
    expect(json).to.deep.include({ ErrorCode: 0, RefusedMembers_Account: ['jared', 'tom', 'ann'] })
    expect(seen).to.deep.equal([commands.get(INVITE)?.sample])
  })

  it('take the first refusal of each target; targets not named are allowed', async () => {
    const json = await answer(
      FRIEND,
      ({ allow }) => allow({ ResultItem: [{ To_Account: 'jonh', ResultCode: 38_001, ResultInfo: 'first' }] }),
      ({ allow }) =>
        allow({
          ResultItem: [
            { To_Account: 'jonh', ResultCode: 38_002, ResultInfo: 'second' },
            { To_Account: 'stranger', ResultCode: 38_003, ResultInfo: 'no target' },
          ],
        }),
    )
    expect(json).to.deep.include({
      ErrorCode: 0,
      ResultItem: [
        { To_Account: 'jonh', ResultCode: 38_001, ResultInfo: 'first' },
        { To_Account: 'joe', ResultCode: 0, ResultInfo: '' },
      ],
    })
  })

  it('let a later refusal of a target win over an earlier allowance', async () => {
    const json = await answer(
      FRIEND,
      ({ allow }) => allow({ ResultItem: [{ To_Account: 'joe', ResultCode: 0, ResultInfo: '' }] }),
      ({ allow }) => allow({ ResultItem: [{ To_Account: 'joe', ResultCode: 38_500, ResultInfo: 'no' }] }),
    )
    expect((json['ResultItem'] as object[])[1]).to.deep.equal({
      To_Account: 'joe',
      ResultCode: 38_500,
      ResultInfo: 'no',
    })
  })

  it('refuse all targets with 38000 when one plugin rejects without a code', async () => {
    const json = await answer(FRIEND, ({ reject }) => reject())
    expect((json['ResultItem'] as { ResultCode: number }[]).map(({ ResultCode }) => ResultCode)).to.deep.equal([
      38_000, 38_000,
    ])
  })

  it('refuse a target whose code is outside of the documented ones with the default, and say so', async () => {
    const plugins = [
      entry(
        'bad',
        handlers(FRIEND, ({ allow }) => allow({ ResultItem: [{ To_Account: 'joe', ResultCode: 5 }] })),
      ),
    ]
    const { post, bus } = await serve({ plugins })
    const failed = eventsOf(bus, 'handler:failed')
    const { json } = await post(FRIEND, commands.get(FRIEND)?.sample)
    expect(failed[0]).to.include({ reason: 'verdict', onFailure: 'allow' })
    expect(failed[0]?.error?.message).to.contain('ResultCode takes 0 or 38000 to 39000, got 5')
    const codesSent = (json['ResultItem'] as { To_Account: string; ResultCode: number }[]).map(
      ({ To_Account, ResultCode }) => [To_Account, ResultCode],
    )
    expect(codesSent).to.deep.equal([
      ['jonh', 0],
      ['joe', 38_000],
    ])
  })

  it('replace the message, and never put two together', async () => {
    const text = (Text: string): object => ({ MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] })
    const json = await answer(
      'C2C.CallbackBeforeSendMsg',
      ({ allow }) => allow(text('one')),
      ({ allow }) => allow(text('two')),
    )
    expect(json).to.deep.include(text('two'))
  })

  it('name the targets as they came, whatever a plugin does to its body', async () => {
    const json = await answer(FRIEND, (context) => {
      const { body } = context as unknown as { body: { FriendItem: unknown[] } }
      body.FriendItem.length = 0
      return context.reject(38_900)
    })
    expect(json['ResultItem']).to.have.length(2)
  })
})
