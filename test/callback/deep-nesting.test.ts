import { expect } from 'chai'
import { expectUnharmed, OK_TEXT } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { eventsOf, serve } from '../harness/server.ts'

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const objects = (depth: number): string => '{"a":'.repeat(depth) + '12345678901234567890' + '}'.repeat(depth)

function relayed(depth: number): string {
  const open = '[{"MsgType":"TIMRelayElem","MsgContent":{"MsgList":[{"MsgBody":'
  return `${open.repeat(depth)}[]${'}]}}]'.repeat(depth)}`
}

const bodies: [string, string, (depth: number) => string][] = [
  ['as a body', 'X.Y', objects],
  ['under an unknown key', 'Group.CallbackAfterGroupFull', (n) => `{"GroupId":"g","EventTime":1,"Extra":${arrays(n)}}`],
  ['under objects of a known command', 'Group.CallbackAfterGroupFull', (n) => `{"GroupId":"g","Extra":${objects(n)}}`],
  ['in a message', 'Group.CallbackBeforeSendMsg', (n) => `{"MsgBody":${arrays(n)}}`],
  [
    "in a message's content",
    'Group.CallbackBeforeSendMsg',
    (n) => `{"MsgBody":[{"MsgType":"TIMCustomElem","MsgContent":{"Data":"d","X":${objects(n)}}}]}`,
  ],
  [
    'in a message that was stored',
    'Group.CallbackAfterSendMsg',
    (n) => `{"GroupId":"g","MsgSeq":1,"MsgBody":[{"MsgType":"Own","MsgContent":{"Data":${arrays(n)}}}]}`,
  ],
  ['of forwarded messages', 'Group.CallbackBeforeSendMsg', (n) => `{"MsgBody":${relayed(Math.ceil(n / 10))}}`],
]

describe('nesting', () => {
  for (const depth of [10_000, 100_000])
    for (const [where, command, body] of bodies)
      it(`of ${depth} levels ${where} is taken`, async () => {
        const { plugins, next } = recorder()
        const server = await serve({ plugins })
        const failed = eventsOf(server.bus, 'server:failed')
        const called = next()
        const reply = await server.post(command, body(depth))
        expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
        expect((await called).raw).to.equal(body(depth))
        await expectUnharmed(server, reply.text)
        expect(failed).to.deep.equal([])
      })
})
