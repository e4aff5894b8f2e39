import { expect } from 'chai'
import { OK_TEXT } from '../harness/answers.ts'
import { deferred, entry } from '../harness/plugin.ts'
import { recorder } from '../harness/recorder.ts'
import { eventsOf, serve } from '../harness/server.ts'

const COMMAND = 'Group.CallbackAfterGroupFull'

describe('an after-callback that does not fit its definition', () => {
  const faulty: [string, string, object, string, object][] = [
    [
      'has a field of another type',
      COMMAND,
      { GroupId: 'g', EventTime: {} },
      'EventTime: expected integer, got object',
      { GroupId: 'g' },
    ],
    [
      'has an EventTime of words',
      COMMAND,
      { GroupId: 'g', EventTime: 'soon' },
      'EventTime: expected integer, got string',
      { GroupId: 'g' },
    ],
    [
      'has items of a list that say nothing',
      'Group.CallbackAfterNewMemberJoin',
      { GroupId: 'g', NewMemberList: [{ Member_Account: 'a' }, {}, { Member_Account: 7 }] },
      'NewMemberList[1].Member_Account: is required',
      { GroupId: 'g', NewMemberList: [{ Member_Account: 'a' }, { Member_Account: '7' }] },
    ],
    ['lacks a required field', COMMAND, { EventTime: 5 }, 'GroupId: is required', { EventTime: 5 }],
    ['has null in a required field', COMMAND, { GroupId: null }, 'GroupId: is required', {}],
    [
      'names another command than the URL, which nobody knows',
      'X.Y',
      { CallbackCommand: 'X.Z' },
      'CallbackCommand: expected "X.Y" as in the URL, got another command',
      { CallbackCommand: 'X.Z' },
    ],
    [
      'names a before-callback',
      COMMAND,
      { CallbackCommand: 'Group.CallbackBeforeSendMsg', GroupId: 'g' },
      `CallbackCommand: expected "${COMMAND}" as in the URL, got another command`,
      { GroupId: 'g' },
    ],
  ]
  for (const [what, command, body, fault, expected] of faulty)
    it(`is acknowledged, and delivered without what does not fit, when it ${what}`, async () => {
      const got = deferred<unknown[]>()
      const handle = (context: { body: unknown; faults: readonly string[]; raw: string }): void =>
        got.resolve([context.body, context.faults, context.raw])
      const { bus, post } = await serve({ plugins: [entry('all', { '*': handle })] })
      const told = bus.next('callback:faulty')
      const reply = await post(command, body)
      expect([reply.status, reply.text]).to.deep.equal([200, OK_TEXT])
      expect((await told).faults).to.deep.equal([fault])
      expect(await got.promise).to.deep.equal([expected, [fault], JSON.stringify(body)])
    })

  it('is no less complete for an item that was left out: typed handlers get it', async () => {
    const got = deferred<unknown>()
    const handle = ({ body }: { body: unknown }): void => got.resolve(body)
    const { post } = await serve({ plugins: [entry('typed', { 'Group.CallbackAfterGroupDestroyed': handle })] })
    await post('Group.CallbackAfterGroupDestroyed', { GroupId: 'g', MemberList: [{ Member_Account: {} }] })
    expect(await got.promise).to.deep.equal({ GroupId: 'g', MemberList: [] })
  })

  it('is handled as the command that its body names, where that is a known after-callback', async () => {
    const { plugins, next } = recorder()
    const { bus, post } = await serve({ plugins })
    const told = bus.next('callback:faulty')
    const called = next()
    const body = { CallbackCommand: COMMAND, GroupId: 'g' }
    expect((await post('Group.CallbackAfterCreateGroup', body)).text).to.equal(OK_TEXT)
    expect(await called).to.deep.include({ command: COMMAND, body })
    expect(await told).to.deep.include({
      command: COMMAND,
      faults: ['CallbackCommand: expected "Group.CallbackAfterCreateGroup" as in the URL, got another command'],
      fits: true,
    })
  })

  it('has a command in its body taken as absent where that is no text', async () => {
    const { plugins, next } = recorder()
    const { bus, post } = await serve({ plugins })
    const told = eventsOf(bus, 'callback:faulty')
    const called = next()
    await post(COMMAND, { CallbackCommand: { a: 1 }, GroupId: 'g' })
    expect((await called).body).to.deep.equal({ GroupId: 'g' })
    expect(told).to.deep.equal([])
  })

  it('is a dead letter, with its faults, of a plugin that is promised what it lacks', async () => {
    const called: string[] = []
    const { bus, post } = await serve({
      plugins: [
        entry('typed', { [COMMAND]: () => void called.push('typed') }),
        entry('category', { 'Group.*': () => void called.push('category') }),
        entry('declines', { '*': { faulty: false, handle: () => void called.push('declines') } }),
        entry('takes', { [COMMAND]: { faulty: true, handle: () => void called.push('takes') } }),
        entry('all', { '*': () => void called.push('all') }),
      ],
    })
    const dead = eventsOf(bus, 'callback:dead')
    const done = bus.next('handler:done', ({ plugin }) => plugin === 'all')
    expect((await post(COMMAND, { GroupId: {}, EventTime: [] })).text).to.equal(OK_TEXT)
    await done
    expect(called).to.deep.equal(['takes', 'all'])
    expect(dead.map(({ plugin }) => plugin)).to.deep.equal(['typed', 'category', 'declines'])
    const error = 'the body does not fit its definition: GroupId: expected string, got object (and 1 more)'
    expect(new Set(dead.map((event) => event.error))).to.deep.equal(new Set([error]))
  })

  it('is no before-callback: that one is decided with 200', async () => {
    const { bus, post } = await serve()
    const rejected = eventsOf(bus, 'callback:rejected')
    const { status, text } = await post('Group.CallbackBeforeSendMsg', { MsgBody: 'none', CallbackCommand: 'X.Y' })
    expect([status, text]).to.deep.equal([200, OK_TEXT])
    expect(rejected).to.deep.equal([])
  })
})

describe('what differs from the documents and is no fault', () => {
  const forms: [string, string, object, object][] = [
    ['null', COMMAND, { GroupId: 'g', EventTime: null }, { GroupId: 'g' }],
    ['an integer where text is documented', COMMAND, { GroupId: 1001555 }, { GroupId: '1001555' }],
    ['empty text where a number is documented', COMMAND, { GroupId: 'g', EventTime: '' }, { GroupId: 'g' }],
    [
      'null in a list, and in an element of a message',
      'Group.CallbackAfterSendMsg',
      { GroupId: 'g', MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: 'd', Desc: null } }] },
      { GroupId: 'g', MsgBody: [{ MsgType: 'TIMCustomElem', MsgContent: { Data: 'd' } }] },
    ],
    [
      '0, 1, and the texts of them, true and false as booleans',
      'Live.CallbackAfterCreateRoom',
      { RoomInfo: { RoomId: 'r', IsSeatEnabled: 1, IsMessageDisabled: '0', IsPublicVisible: 'true' } },
      { RoomInfo: { RoomId: 'r', IsSeatEnabled: true, IsMessageDisabled: false, IsPublicVisible: true } },
    ],
    [
      'keys and commands that nobody knows, with their nulls',
      'X.Y',
      { a: null, b: [null, ''], CallbackCommand: null },
      { a: null, b: [null, ''], CallbackCommand: null },
    ],
  ]
  for (const [what, command, body, expected] of forms)
    it(`is ${what}`, async () => {
      const { plugins, next } = recorder()
      const { bus, post } = await serve({ plugins })
      const told = eventsOf(bus, 'callback:faulty')
      const called = next()
      expect((await post(command, body)).text).to.equal(OK_TEXT)
      expect((await called).body).to.deep.equal(expected)
      expect(told).to.deep.equal([])
    })

  it('is an integer of any size, all digits of it, without an exponent', async () => {
    const { plugins, next } = recorder()
    const { post } = await serve({ plugins })
    for (const [literal, digits] of [
      ['1e21', '1000000000000000000000'],
      ['123456789012345678901234567890', '123456789012345678901234567890'],
      ['-5', '-5'],
      ['5.0', '5'],
    ] as const) {
      const called = next()
      await post(COMMAND, `{"GroupId":${literal}}`)
      expect((await called).body).to.deep.equal({ GroupId: digits })
    }
  })
})
