import { expect } from 'chai'
import { bodyReader, type Reading } from '../../core/callback/body-reader.ts'
import { commands } from '../../core/protocol/commands.ts'
import { expectUnharmed, OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { serve } from '../harness/server.ts'

const SECRET = 'nobody may read this'
const COMMAND = 'Group.CallbackAfterSendMsg'

const kinds: [string, string, (n: number) => object][] = [
  ['elements of a message that are none', COMMAND, (n) => ({ MsgBody: many(n, SECRET.slice(0, 4)) })],
  [
    'elements with another content',
    COMMAND,
    (n) => ({ MsgBody: many(n, { MsgType: 'TIMTextElem', MsgContent: { Text: [SECRET] } }) }),
  ],
  [
    'fields of forwarded messages',
    COMMAND,
    (n) => ({
      MsgBody: [{ MsgType: 'TIMRelayElem', MsgContent: { MsgList: many(n, { MsgBody: [{ MsgType: 5 }] }) } }],
    }),
  ],
  ['members that are none', 'Group.CallbackAfterNewMemberJoin', (n) => ({ NewMemberList: many(n, true) })],
  ['events of a batch', 'Push.AllMemberPush', (n) => ({ Events: many(n, { EventTime: SECRET, ErrInfo: {} }) })],
]

function many(n: number, item: unknown): unknown[] {
  return Array.from({ length: n }, () => item)
}

function readerOf(command: string): (body: object) => Reading {
  const definition = commands.get(command)
  if (!definition) throw new Error(command)
  const read = bodyReader(definition)
  return (body) => read(body as Record<string, unknown>)
}

/** Milliseconds of processor time. */
function costOf(read: () => unknown): number {
  const before = process.cpuUsage()
  read()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('a body with endless faults', () => {
  for (const [what, command, make] of kinds) {
    it(`is read in time that grows with its size: ${what}`, () => {
      const read = readerOf(command)
      const [small, large] = [make(10_000), make(100_000)]
      costOf(() => read(small))
      // The least of five, or of fewer if they do. Quadratic would be a hundred times as much.
      let [ofSmall, ofLarge] = [Infinity, Infinity]
      for (let n = 0; n < 5 && !(ofLarge < 30 * Math.max(1, ofSmall)); n++) {
        ofSmall = Math.min(
          ofSmall,
          costOf(() => read(small)),
        )
        ofLarge = Math.min(
          ofLarge,
          costOf(() => read(large)),
        )
      }
      expect(ofLarge).to.be.below(30 * Math.max(1, ofSmall))
    })

    it(`names twenty of them, and quotes no text: ${what}`, async () => {
      const { plugins, next } = recorder()
      const server = await serve({ plugins })
      const called = next()
      const faulty = server.bus.next('callback:faulty')
      const reply = await server.post(command, { GroupId: '@TGS#1', ...make(10_000) })
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      const { faults, paths } = await faulty
      expect(faults).to.have.length(20)
      expect(paths).to.have.length.within(1, 2)
      await called
      await expectUnharmed(server, JSON.stringify([faults, paths]), [SECRET])
    })
  }

  it('has as many paths as the table has, however often a message is forwarded', () => {
    const nested = (depth: number): unknown => {
      const inner = depth === 0 ? { MsgType: 'TIMTextElem', MsgContent: { Text: {} } } : nested(depth - 1)
      return { MsgType: 'TIMRelayElem', MsgContent: { MsgList: [{ MsgBody: [inner, 5] }] } }
    }
    const { paths, faults } = readerOf(COMMAND)({ GroupId: 'g', MsgBody: [nested(10)] })
    const relayed = 'MsgBody[].MsgContent.MsgList[].MsgBody[]'
    expect(paths).to.have.members([relayed, `${relayed}.MsgContent.Text`])
    expect(faults).to.have.length(12)
  })
})
