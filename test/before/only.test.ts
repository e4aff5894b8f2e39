import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { BEFORE, entry, FULL, full, message } from '../harness/plugin.ts'
import { eventsOf, serve } from '../harness/server.ts'

type Only = { groups?: string[]; accounts?: string[]; msgTypes?: string[] }

/** Which of the entries, named as their `only` is, are asked about the bodies, one after another. */
async function asked(all: readonly Only[], bodies: readonly object[]): Promise<string[][]> {
  let called: string[] = []
  const plugins = all.map((only) => {
    const name = Object.values(only).flat().join(' ')
    return entry(name, { '*': () => void called.push(name) }, { only })
  })
  const { post } = await serve({ plugins })
  const found: string[][] = []
  for (const body of bodies) {
    called = []
    await post(BEFORE, body)
    found.push(called)
  }
  return found
}

const image = { MsgType: 'TIMImageElem', MsgContent: {} }
const text = { MsgType: 'TIMTextElem', MsgContent: { Text: 'a' } }

describe('only of a config entry', () => {
  it('selects callbacks by group, with patterns', async () => {
    const all = [{ groups: ['@TGS#class-*'] }, { groups: ['a', 'b'] }, { groups: ['*z'] }]
    const bodies = ['@TGS#class-7', 'b', 'xyz', 'none'].map((GroupId) => message('x', { GroupId }))
    expect(await asked(all, bodies)).to.deep.equal([['@TGS#class-*'], ['a b'], ['*z'], []])
  })

  it('selects callbacks by any account that they name, but not by what a message holds', async () => {
    const MsgBody = [{ MsgType: 'TIMCustomElem', MsgContent: { Data: '', From_Account: 'vip-1' } }]
    const bodies = [
      message('x', { From_Account: 'vip-1' }),
      message('x', { Operator_Account: 'vip-1' }),
      message('x', { GroupAt_Account: ['x', 'vip-1'] }),
      message('x', { List: [{ Member_Account: 'vip-1' }] }),
      message('x', { MsgBody }),
    ]
    expect(await asked([{ accounts: ['vip-*'] }], bodies)).to.deep.equal([
      ['vip-*'],
      ['vip-*'],
      ['vip-*'],
      ['vip-*'],
      [],
    ])
  })

  it('selects messages by the types of their elements; one whose type cannot be told counts', async () => {
    const bodies = [[image], [image, text], [7], []].map((MsgBody) => message('x', { MsgBody }))
    expect(await asked([{ msgTypes: ['TIMText*'] }], bodies)).to.deep.equal([[], ['TIMText*'], ['TIMText*'], []])
  })

  it('asks for all that is given', async () => {
    const only = { groups: ['a'], accounts: ['b'] }
    const bodies = [message('x', { GroupId: 'a' }), message('x', { GroupId: 'a', From_Account: 'b' })]
    expect(await asked([only], bodies)).to.deep.equal([[], ['a b']])
  })

  it('asks the plugin, or its onFailure, where the group cannot be told', async () => {
    const { post } = await serve({
      plugins: [entry('x', { [BEFORE]: ({ reject }) => reject() }, { only: { groups: ['a'] }, onFailure: 'reject' })],
    })
    for (const body of [message('x', { GroupId: {} }), { GroupId: 'b' }])
      expect((await post(BEFORE, body)).json).to.include({ ErrorCode: 1 })
    expect((await post(BEFORE, message('x', { GroupId: 'b' }))).json).to.include({ ErrorCode: 0 })
  })

  it('fixes the plugins of an after-callback when it is stored, on the engine sqlite too', async () => {
    for (const engine of ['memory', 'sqlite'] as const) {
      const { post, bus } = await serve({
        delivery: { engine, ...(engine === 'sqlite' && { sqlite: { file: join(await folderWith({}), 'a.db') } }) },
        plugins: ['a', 'b', 'c*'].map((group) =>
          entry(group, { [FULL]: () => undefined }, { only: { groups: [group] } }),
        ),
      })
      const done = eventsOf(bus, 'handler:done')
      for (const GroupId of ['a', 'b', 'none', 'c1', 'c2', 'a']) await post(FULL, full({ GroupId }))
      while (done.length < 5) await bus.next('handler:done')
      expect(done.map(({ plugin }) => plugin).toSorted(), engine).to.deep.equal(['a', 'a', 'b', 'c*', 'c*'])
    }
  })
})
