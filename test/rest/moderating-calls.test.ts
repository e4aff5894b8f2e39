import { expect } from 'chai'
import { makeGroup } from '../fakes/tencent-rest/groups.ts'
import { bench, failureOf, type Bench } from './support.ts'

const GroupId = '@TGS#p'
const text = (Text: string) => [{ MsgType: 'TIMTextElem', MsgContent: { Text } } as const]

async function open(): Promise<Bench & { callbacks: { command: string; body: Record<string, unknown> }[] }> {
  const callbacks: { command: string; body: Record<string, unknown> }[] = []
  const groups = [
    makeGroup({ id: GroupId }),
    makeGroup({ id: '@TGS#w', type: 'Private' }),
    makeGroup({ id: '@TGS#live', type: 'AVChatRoom' }),
  ]
  const onCallback = (command: string, body: Record<string, unknown>): void => void callbacks.push({ command, body })
  return { ...(await bench({ groups, accounts: ['a', 'b'], onCallback })), callbacks }
}

describe('REST calls that moderate', () => {
  it('recall a one-to-one message, once or again, and none that is not there', async () => {
    const { fake, rest, callbacks } = await open()
    const { MsgKey } = await rest.sendMsg({ From_Account: 'a', To_Account: 'b', MsgBody: text('hello') })
    const ref = { From_Account: 'a', To_Account: 'b', MsgKey }
    await rest.recallC2cMsg(ref)
    await rest.recallC2cMsg(ref)
    expect(fake.world.sent[0]).to.include({ recalled: true })
    expect(callbacks.map(({ command }) => command)).to.deep.equal(['C2C.CallbackAfterMsgWithDraw'])
    expect(await failureOf(rest.recallC2cMsg({ ...ref, To_Account: 'c' }))).to.include({ errorCode: 20022 })
    expect(fake.callsOf('admin_msgwithdraw')[0]?.path).to.equal('/v4/openim/admin_msgwithdraw')
  })

  it('recall messages of a group, with a code for each', async () => {
    const { fake, rest, callbacks } = await open()
    const { MsgSeq } = await rest.sendGroupMsg({ GroupId, MsgBody: text('hello') })
    const MsgSeqList = [{ MsgSeq }, { MsgSeq: 9999 }]
    const { RecallRetList } = await rest.recallGroupMsg({ GroupId, MsgSeqList, Reason: 'rude' })
    expect(RecallRetList).to.deep.equal([
      { MsgSeq, RetCode: 0 },
      { MsgSeq: 9999, RetCode: 10030 },
    ])
    expect(callbacks[0]?.body).to.deep.include({ GroupId, MsgSeqList: [{ MsgSeq }] })
    const { RspMsgList } = await rest.groupMsgGetSimple({ GroupId, ReqMsgNumber: 1 })
    expect(RspMsgList[0]).to.deep.include({ MsgSeq, IsPlaceMsg: 2, MsgBody: [] })
    fake.inject({ edit: ({ ErrorCode, ErrorInfo }) => ({ ErrorCode, ErrorInfo }) })
    expect((await rest.recallGroupMsg({ GroupId, MsgSeqList })).RecallRetList).to.deep.equal([])
    const many = Array.from({ length: 11 }, (_, n) => ({ MsgSeq: n }))
    expect(await failureOf(rest.recallGroupMsg({ GroupId, MsgSeqList: many }))).to.include({ errorCode: 10004 })
  })

  it('recall what one account sent to a group', async () => {
    const { fake, rest } = await open()
    for (const From_Account of ['p-1', 'p-2', 'p-1'])
      await rest.sendGroupMsg({ GroupId, From_Account, MsgBody: text('x') })
    await rest.deleteGroupMsgBySender({ GroupId, Sender_Account: 'p-1' })
    const messages = fake.world.groups.get(GroupId)?.messages ?? []
    expect(messages.map(({ recalled }) => recalled ?? false)).to.deep.equal([true, false, true])
    await rest.deleteGroupMsgBySender({ GroupId: '@TGS#live', Sender_Account: 'p-1' })
  })

  it('replace the content of messages', async () => {
    const { fake, rest } = await open()
    const sent = await rest.sendMsg({ From_Account: 'a', To_Account: 'b', MsgBody: text('hello') })
    const ref = { From_Account: 'a', To_Account: 'b', MsgKey: sent.MsgKey }
    await rest.modifyC2cMsg({ ...ref, MsgBody: text('***') })
    expect(fake.world.sent[0]?.body).to.deep.equal(text('***'))
    const { MsgSeq } = await rest.sendGroupMsg({ GroupId, MsgBody: text('hello') })
    await rest.modifyGroupMsg({ GroupId, MsgSeq, MsgBody: text('***'), CloudCustomData: 'x' })
    expect(fake.world.groups.get(GroupId)?.messages[0]?.body).to.deep.equal(text('***'))
    expect(await failureOf(rest.modifyGroupMsg({ GroupId, MsgSeq }))).to.include({ errorCode: 10004 })
    expect(await failureOf(rest.modifyGroupMsg({ GroupId: '@TGS#live', MsgSeq: 1, MsgBody: text('') }))).to.include({
      errorCode: 10007,
    })
  })

  it('mute members, and end that, but not in a Work group', async () => {
    const { fake, rest, clock } = await open()
    const member = fake.world.groups.get(GroupId)?.members.get('p-3')
    await rest.forbidSendMsg({ GroupId, Members_Account: ['p-3', 'gone'], MuteTime: 60 })
    expect(member?.muteUntil).to.equal(Math.floor(clock.now() / 1000) + 60)
    await rest.forbidSendMsg({ GroupId, Members_Account: ['p-3'], MuteTime: 0 })
    expect(member?.muteUntil).to.equal(0)
    const work = rest.forbidSendMsg({ GroupId: '@TGS#w', Members_Account: ['w-3'], MuteTime: 60 })
    expect(await failureOf(work)).to.include({ errorCode: 10007 })
  })

  it('are repeated after an unknown outcome, since twice is as good as once', async () => {
    const { fake, rest } = await open()
    const { MsgKey } = await rest.sendMsg({ From_Account: 'a', To_Account: 'b', MsgBody: text('hello') })
    fake.inject({ command: 'admin_msgwithdraw', answer: 'drop', effect: true })
    await rest.recallC2cMsg({ From_Account: 'a', To_Account: 'b', MsgKey })
    expect(fake.callsOf('admin_msgwithdraw')).to.have.length(2)
  })
})

describe('REST calls that answer', () => {
  it('stream a message part by part, and repeat no part', async () => {
    const { fake, rest } = await open()
    const bot = { From_Account: '@RBT#bot', To_Account: 'b' }
    const { MsgKey } = await rest.sendStreamMsg({ ...bot, Chunk: 'hello, ' })
    fake.inject({ command: 'send_stream_msg', answer: 'drop', effect: true })
    await failureOf(rest.sendStreamMsg({ ...bot, Chunk: 'wor', MsgKey }))
    await rest.sendStreamMsg({ ...bot, Chunk: 'ld', MsgKey, Finish: 1 })
    expect(fake.world.sent[0]).to.include({ body: 'hello, world', open: false })
    const late = await failureOf(rest.sendStreamMsg({ ...bot, Chunk: '!', MsgKey }))
    expect(late).to.include({ errorCode: 10004 })
    expect(fake.calls[0]?.path).to.equal('/v4/openim_robot_http_svc/send_stream_msg')
  })

  it('check accounts, and read and write profiles', async () => {
    const { rest } = await open()
    const { ResultItem } = await rest.accountCheck({ CheckItem: [{ UserID: 'a' }, { UserID: 'nobody' }] })
    expect(ResultItem.map(({ AccountStatus }) => AccountStatus)).to.deep.equal(['Imported', 'NotImported'])
    const ProfileItem = [{ Tag: 'Tag_Profile_IM_Nick', Value: 'Anna' } as const]
    await rest.portraitSet({ From_Account: 'a', ProfileItem })
    const { UserProfileItem } = await rest.portraitGet({
      To_Account: ['a', 'b', 'nobody'],
      TagList: ['Tag_Profile_IM_Nick', 'Tag_Profile_Custom_Test'],
    })
    expect(UserProfileItem.map((profile) => [profile.ResultCode, profile.ProfileItem])).to.deep.equal([
      [0, ProfileItem],
      [0, []],
      [40003, []],
    ])
  })
})
