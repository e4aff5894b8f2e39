import { expect } from 'chai'
import { OK_TEXT, refusalText } from '../harness/answers.ts'
import { recorder } from '../harness/recorder.ts'
import { heard, serve } from '../harness/server.ts'

const COMMAND = 'Group.CallbackAfterGroupFull'

describe('an after-callback that does not fit its definition', () => {
  const faulty: [string, string, unknown, string][] = [
    ['lacks a required field', COMMAND, {}, 'GroupId: is required'],
    ['has a field of a wrong type', COMMAND, { GroupId: 5 }, 'GroupId: expected string'],
    ['has a field that is null', COMMAND, { GroupId: null }, 'GroupId: expected string'],
    ['has an EventTime of words', COMMAND, { GroupId: 'g', EventTime: 'soon' }, 'EventTime: expected integer'],
    [
      'names another command than the URL',
      COMMAND,
      { CallbackCommand: 'Group.CallbackAfterCreateGroup', GroupId: 'g' },
      `CallbackCommand: expected "${COMMAND}"`,
    ],
    [
      'names another command than the URL, which nobody knows',
      'X.Y',
      { CallbackCommand: 'X.Z' },
      "CallbackCommand: differs from the URL's",
    ],
  ]
  for (const [what, command, body, info] of faulty)
    it(`is refused with the path of the fault and kept when it ${what}`, async () => {
      const { plugins, calls } = recorder()
      const { bus, post } = await serve({ plugins })
      const dead = bus.next('callback:dead')
      const reply = await post(command, body)
      expect([reply.status, reply.text]).to.deep.equal([400, refusalText(400, info)])
      expect(await dead).to.include({ command, error: info })
      expect(calls).to.deep.equal([])
    })

  it('is told its first fault and how many more there are', async () => {
    const { post } = await serve()
    const { text } = await post(COMMAND, { GroupId: 5, EventTime: true })
    expect(text).to.match(
      /^\{"ActionStatus":"FAIL","ErrorInfo":"[A-Za-z]+: expected [a-z]+ \(and 1 more\)","ErrorCode":400\}$/,
    )
  })

  it('is no before-callback: that one is decided with 200', async () => {
    const { bus, post } = await serve()
    const rejected = heard(bus, 'callback:rejected')
    const { status, text } = await post('Group.CallbackBeforeSendMsg', { MsgBody: 'none', CallbackCommand: 'X.Y' })
    expect([status, text]).to.deep.equal([200, OK_TEXT])
    expect(rejected).to.deep.equal([])
  })
})
